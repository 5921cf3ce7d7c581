"""Loading: the right weights, processed as TransformerLens would, or one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from transformer_lens import HookedTransformer
from transformers import GPT2LMHeadModel

from reference import models
from reference.lens import kl_divergence, look

PROMPT = "James Potter went to school. James"


def test_named_folder_is_gpt2_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """GRADER_GPT2_DIR names a folder that gpt2-small is loaded from."""
    monkeypatch.setenv(models.GPT2_DIR, str(models.EMBEDDED))
    assert models.read("gpt2-small").digest() == models.read("embedded").digest()


def test_named_folder_without_a_model_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder without a configuration is named in one sentence."""
    monkeypatch.setenv(models.GPT2_DIR, str(tmp_path))
    with pytest.raises(models.ModelUnavailableError, match=r"no config\.json in that folder\.$"):
        models.load_model("gpt2-small")


def test_missing_cache_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a copy of GPT-2 the sentence says how to get one."""
    monkeypatch.delenv(models.GPT2_DIR, raising=False)
    real = models.cached_file
    monkeypatch.setattr(models, "cached_file", lambda *args, **kwargs: real(*args, cache_dir=tmp_path, **kwargs))
    with pytest.raises(models.ModelUnavailableError, match="hf download openai-community/gpt2"):
        models.load_model("gpt2-small")


def test_unknown_name_is_one_sentence() -> None:
    """An unknown name is answered with the names there are."""
    with pytest.raises(models.ModelUnavailableError, match="no model 'gpt3'; known are embedded, random, gpt2-small"):
        models.load_model("gpt3")


def test_models_differ_in_depth_and_width(embedded: HookedTransformer, untrained: HookedTransformer) -> None:
    """No two models, nor GPT-2 small, share a depth or a width.

    An answer that hard-codes either fails somewhere.
    """
    assert len({12, embedded.cfg.n_layers, untrained.cfg.n_layers}) == 3
    assert len({768, embedded.cfg.d_model, untrained.cfg.d_model}) == 3


def test_models_speak_the_same_tokens(embedded: HookedTransformer, untrained: HookedTransformer) -> None:
    """Both models read a prompt as the same tokens, with the beginning-of-text token first."""
    tokens = embedded.to_tokens(PROMPT)
    assert torch.equal(tokens, untrained.to_tokens(PROMPT))
    assert tokens[0, 0] == embedded.tokenizer.bos_token_id
    assert tokens[0, 1] != embedded.tokenizer.bos_token_id


def test_processing_leaves_the_predictions_alone() -> None:
    """The processed model predicts what Hugging Face's GPT-2 predicts on the same weights."""
    gpt2 = GPT2LMHeadModel.from_pretrained(models.EMBEDDED, dtype=torch.float32).eval()
    model = models.load_model("embedded")
    tokens = model.to_tokens(PROMPT)
    with torch.no_grad():
        torch.testing.assert_close(
            model(tokens).log_softmax(-1), gpt2(tokens).logits.log_softmax(-1), atol=1e-4, rtol=0
        )


def test_loaded_models_are_ready_to_be_read(model: HookedTransformer) -> None:
    """A model is in evaluation mode, on the CPU, in float32, with weights' gradients on."""
    assert not model.training
    for weight in model.parameters():
        assert (weight.device.type, weight.dtype, weight.requires_grad) == ("cpu", torch.float32, True)


def test_building_twice_gives_the_same_model() -> None:
    """Building does not use the checkpoint up: processing works on copies."""
    checkpoint = models.read("random")
    before = checkpoint.digest()
    first, second = models.build(checkpoint), models.build(checkpoint)
    assert checkpoint.digest() == before
    assert torch.equal(first(PROMPT), second(PROMPT))


def test_random_weights_do_not_depend_on_the_callers_seed() -> None:
    """The random model is always the same and leaves the caller's random numbers alone."""
    torch.manual_seed(1)
    first, after_loading = models.read("random").digest(), torch.rand(1)
    torch.manual_seed(1)
    assert torch.equal(after_loading, torch.rand(1))
    assert models.read("random").digest() == first


def test_digest_tells_weights_apart() -> None:
    """One changed number changes the digest."""
    checkpoint = models.read("random")
    before = checkpoint.digest()
    checkpoint.weights["ln_final.b"][0] += 1e-3
    assert checkpoint.digest() != before


def test_random_model_tells_reversed_kl_from_right(untrained: HookedTransformer) -> None:
    """On the random model the two directions of KL differ by far more than arithmetic noise."""
    lens = look(untrained, PROMPT)
    right = kl_divergence(lens.final[:, None], lens.by_layer)
    reversed_ = kl_divergence(lens.by_layer, lens.final[:, None].expand_as(lens.by_layer))
    assert (right - reversed_).abs().median() > 0.01


def test_the_random_models_norms_are_no_identities(untrained: HookedTransformer) -> None:
    """On the random model the lens shows whether the final norm was folded in."""
    off = dict.fromkeys(("fold_ln", "center_writing_weights", "center_unembed", "fold_value_biases"), False)
    raw = models.build(models.read("random"), **off)

    difference = (look(untrained, PROMPT).by_layer - look(raw, PROMPT).by_layer).abs()

    assert difference.median() > 1e-2
