"""Learn the embedded model's tokenizer.

GPT-2's byte-level byte-pair encoding with a small vocabulary.
"""

from __future__ import annotations

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

from reference.training.corpus import Writer
from reference.training.vocabulary import (
    FIRST_NAMES,
    JOBS,
    LAST_NAMES,
    NOUNS,
    OPPOSITES,
    PLACES,
    THINGS,
    TRANSLATIONS,
    WORDS,
)

END_OF_TEXT = "<|endoftext|>"
VOCABULARY = 2048

# Often enough that each of these becomes one token before the vocabulary is full.
_INSIST = 400


def learn_tokenizer(documents: int = 12_000) -> Tokenizer:
    """Return the tokenizer.

    Every name and every word of the pairs is one token, and so is the demarcation.
    """
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
        min_frequency=2,
    )
    tokenizer.train_from_iterator([*Writer(seed=1).documents(documents), *_wanted_words() * _INSIST], trainer)
    return tokenizer


def _wanted_words() -> list[str]:
    inside = [*FIRST_NAMES, *LAST_NAMES, *WORDS, *OPPOSITES.values(), *TRANSLATIONS.values()]
    inside += [*PLACES, *THINGS, *JOBS, *NOUNS, ":", "gave", "went", "and", "the", "to"]
    return [f" {word}" for word in inside] + [*FIRST_NAMES, *WORDS]
