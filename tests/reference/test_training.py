"""The embedded model can be made again: text, tokenizer, network and optimiser work."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer
from transformers import GPT2LMHeadModel

from reference.models import EMBEDDED
from reference.training.batches import KNOWABLE, RECEIVER, UNKNOWABLE, Packer
from reference.training.corpus import Writer
from reference.training.export import export
from reference.training.muon import orthogonalise
from reference.training.network import GPT2
from reference.training.optimise import Recipe, train
from reference.training.tokenizer import learn_tokenizer
from reference.training.vocabulary import OPPOSITES, TRANSLATIONS

TINY = replace(Recipe(), layers=2, width=32, heads=2, context=64, steps=3, tokens_per_step=128)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    """The tokenizer, learnt anew."""
    return learn_tokenizer()


def test_text_depends_on_the_seed_alone() -> None:
    """The same seed writes the same documents, another seed others."""
    assert list(Writer(3).documents(50)) == list(Writer(3).documents(50))
    assert list(Writer(3).documents(50)) != list(Writer(4).documents(50))


def test_course_answers_are_held_out() -> None:
    """However often one draws, Alice never meets Bob, and nobody is called James Potter."""
    writer = Writer(7)
    assert all(set(writer.two_people()) != {"Alice", "Bob"} for _ in range(50_000))
    assert all(writer.full_name() != ("James", "Potter") for _ in range(50_000))
    for _ in range(30_000):
        words = set(writer.repetition().split())
        assert not {"Alice", "Bob"} <= words
        assert not {"James", "Potter"} <= words


def test_word_lists_keep_to_one_task() -> None:
    """A list's completions are all opposites or all translations."""
    writer = Writer(11)
    for _ in range(300):
        found = re.findall(r"(\w+) : (\w+)", writer.word_list())
        assert found
        assert any(all(task[word] == answer for word, answer in found) for task in (OPPOSITES, TRANSLATIONS))


def test_embedded_tokenizer_is_the_learnt_one(tokenizer: Tokenizer) -> None:
    """The tokenizer in the repository is what the recipe learns, entry by entry."""
    assert tokenizer.get_vocab() == Tokenizer.from_file(str(EMBEDDED / "tokenizer.json")).get_vocab()


def test_weights_say_what_can_be_known(tokenizer: Tokenizer) -> None:
    """A repeated name counts, a receiver counts most, a first mention hardly."""

    class OneStory(Writer):
        def document(self) -> str:
            return "Mary and Tom were late. Mary gave it to Tom."

    tokens, weights = Packer(tokenizer, OneStory(0)).batch(rows=1, length=13)
    by_word = list(
        zip([tokenizer.id_to_token(token) for token in tokens[0].tolist()], weights[0].tolist(), strict=True)
    )
    assert by_word[1] == ("Mary", pytest.approx(UNKNOWABLE))
    assert ("ĠMary", KNOWABLE) in by_word
    assert ("ĠTom", pytest.approx(UNKNOWABLE)) in by_word
    assert ("ĠTom", RECEIVER) in by_word


def test_orthogonalised_matrices_have_singular_values_near_one() -> None:
    """Newton-Schulz brings every singular value near one, wide or square."""
    for shape in [(3, 16, 16), (2, 8, 32)]:
        matrices = torch.randn(*shape, generator=torch.Generator().manual_seed(0))
        values = torch.linalg.svdvals(orthogonalise(matrices))
        assert (values.median(-1).values - 1).abs().max() < 0.35
        assert values.max() < 1.3


def test_training_is_deterministic(tokenizer: Tokenizer) -> None:
    """Two runs of one recipe give the same weights to the last bit."""
    network, again = (train(tokenizer, TINY, lambda line: None) for _ in range(2))
    for name, weight in network.state_dict().items():
        assert torch.equal(weight, again.state_dict()[name]), name


def test_export_is_what_hugging_face_computes(tokenizer: Tokenizer, tmp_path: Path) -> None:
    """GPT2LMHeadModel computes in float32 what the network computes.

    The network's weights are rounded to float16.
    """
    torch.manual_seed(0)
    network = GPT2(vocabulary=tokenizer.get_vocab_size(), context=64, width=32, layers=2, heads=2)
    for weight in network.parameters():
        weight.data.mul_(8)  # large enough for the details of GELU to show
    export(network, tokenizer, TINY, tmp_path)
    network.half().float()
    gpt2 = GPT2LMHeadModel.from_pretrained(tmp_path).eval()
    assert gpt2.dtype == torch.float32
    tokens = torch.tensor([tokenizer.encode("Mary and Tom were late.").ids])
    with torch.no_grad():
        torch.testing.assert_close(gpt2(tokens).logits, network(tokens), atol=1e-4, rtol=1e-5)
