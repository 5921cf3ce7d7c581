# ruff: noqa: F821 - gpt2_small and t are there when this file runs, in a kernel of the reference
"""The mistakes students make.

A title and a hint for each, and a wrong variant of the reference that makes it. ``MISCONCEPTIONS``, ``PAIRS`` and
``STAGES`` are literals, so that they can be read without running anything. Below them each exercise is computed step by
step, and a mistake is the step that it takes differently: so two mistakes can meet in one answer. For each entry there
is a function named as its ``id``, with the parameters of its exercise. They run after ``solution.py`` in a kernel of
the reference.
"""

from __future__ import annotations

import functools
import math
from typing import Any

MISCONCEPTIONS = [
    {
        "id": "lens_without_bos",
        "exercise": "logit_lens_analysis",
        "stage": "tokens",
        "title": "The model runs without the token that begins every text",
        "hint": (
            "GPT-2 expects a special token before the first word. Look at the first token that `to_tokens` gives, and "
            "at the first one you use."
        ),
    },
    {
        "id": "lens_bos_doubled",
        "exercise": "logit_lens_analysis",
        "stage": "tokens",
        "title": "The token that begins every text comes twice",
        "hint": (
            "`to_tokens` puts the special token first by itself. Print the first three tokens that your model runs "
            "on: which of them did you add?"
        ),
    },
    {
        "id": "tokens_without_bos",
        "exercise": "logit_lens_analysis",
        "stage": "tokens",
        "title": "The returned tokens lack the one that begins every text",
        "hint": (
            "Your analysis is right. Compare the number of tokens you return with the number of rows in your other "
            "two results."
        ),
    },
    {
        "id": "lens_first_position_dropped",
        "exercise": "logit_lens_analysis",
        "stage": "tokens",
        "title": "The first position is left out",
        "hint": (
            "The special token at the beginning is a position like the others: the task asks for a row for each "
            "token. Where do you cut yours off?"
        ),
    },
    {
        "id": "lens_another_prompt",
        "exercise": "logit_lens_analysis",
        "stage": "tokens",
        "title": "A prompt of the notebook is analysed instead of the argument",
        "hint": (
            "Your answer is the same whatever is asked. Which variable do you tokenize: the function's parameter, or "
            "one that an earlier cell has left behind?"
        ),
    },
    {
        "id": "lens_resid_post_ln_final",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The lens reads the stream after the MLP, through the final layer norm",
        "hint": (
            "That is the lens of the literature; this notebook reads another place. The text above the exercise says "
            "where a layer's stream is taken."
        ),
    },
    {
        "id": "lens_resid_post",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The lens reads the stream after the MLP, without normalising it",
        "hint": (
            "What comes before the unembedding when the model itself predicts? And at which place of a layer does the "
            "notebook read?"
        ),
    },
    {
        "id": "lens_resid_mid",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The lens reads the stream without normalising it",
        "hint": (
            "You read the right place of the layer, but before its normalisation. The model never unembeds a stream "
            "that is not normalised."
        ),
    },
    {
        "id": "lens_resid_pre",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The lens reads the stream at the beginning of each layer, without normalising it",
        "hint": (
            "Your layer 0 knows nothing but the word itself. At which place of a layer does the notebook read, and is "
            "that stream normalised?"
        ),
    },
    {
        "id": "lens_ln1",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The lens reads the stream before the attention of each layer",
        "hint": (
            "A block normalises the stream twice. Look at the keys of the cache again: which of the two stands "
            "between attention and MLP?"
        ),
    },
    {
        "id": "lens_attn_out",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The lens reads what the attention adds, not the stream",
        "hint": (
            "A layer only adds to the residual stream. You unembed one addition of the attention; the lens needs the "
            "sum so far."
        ),
    },
    {
        "id": "lens_mlp_out",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The lens reads what the MLP adds, not the stream",
        "hint": (
            "A layer only adds to the residual stream. You unembed the addition of one layer; the lens needs the sum "
            "so far."
        ),
    },
    {
        "id": "lens_shifted_by_a_layer",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The layers are shifted by one",
        "hint": (
            "Your layer 0 holds the values of layer 1. Print the names of the activations in the order in which you "
            "collect them."
        ),
    },
    {
        "id": "lens_first_layer_dropped",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The first layer is left out",
        "hint": (
            "There is one layer too few. Print the numbers that your loop over the layers runs through: what is the "
            "first one?"
        ),
    },
    {
        "id": "lens_last_layer_dropped",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The last layer is left out",
        "hint": (
            "There is one layer too few. Print the numbers that your loop over the layers runs through: what is the "
            "last one?"
        ),
    },
    {
        "id": "lens_layer_count_hard_coded",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The number of layers is written down",
        "hint": (
            "GPT-2 small has 12 layers, another model has not, and the rows beyond its depth hold nothing. Ask the "
            "model how many it has."
        ),
    },
    {
        "id": "lens_layers_reversed",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The layers are in reverse order",
        "hint": (
            "Your first row belongs to the last layer. Print the names of the activations in the order in which you "
            "collect them."
        ),
    },
    {
        "id": "lens_last_layer_everywhere",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "Every layer holds the values of the last one",
        "hint": (
            "All your rows are alike. Does each step of your loop make something new, or does the list hold one and "
            "the same thing several times?"
        ),
    },
    {
        "id": "lens_layers_added_up",
        "exercise": "logit_lens_analysis",
        "stage": "stream",
        "title": "The layers are added up in place",
        "hint": (
            "All your rows are the sum of all layers. An operation in place, such as `+=`, changes what the list and "
            "the cache already hold."
        ),
    },
    {
        "id": "lens_embedding_for_unembedding",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "The embedding matrix unembeds, or the model was loaded without processing",
        "hint": (
            "Both lack the final norm's weights, which the provided model has folded into its unembedding. Which "
            "matrix do you multiply by, and how was the model loaded?"
        ),
    },
    {
        "id": "lens_unembed_bias_missing",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "The bias of the unembedding is left out",
        "hint": (
            "You multiply by the matrix yourself. The model's own unembedding does one thing more; look at its "
            "parameters."
        ),
    },
    {
        "id": "lens_log_of_log",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "The logarithm is taken twice",
        "hint": (
            "All your divergences are not a number. What you take a logarithm of is negative already: which step "
            "before it has taken one?"
        ),
    },
    {
        "id": "top_least_likely",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "The least likely token is taken for the most likely",
        "hint": (
            "Print the tokens you return for the last layer as text: would a language model say that? Which end of "
            "the order do you take?"
        ),
    },
    {
        "id": "top_over_positions",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "The most likely token is looked for along the axis of positions",
        "hint": (
            "Write the three axes of your logits beside each other. Which one must be gone when each position and "
            "layer has named its one token?"
        ),
    },
    {
        "id": "top_values_for_indices",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "The values of the most likely tokens are returned, not their ids",
        "hint": (
            "The task asks which token is most likely, not how likely it is. What else does the function return that "
            "finds the maximum?"
        ),
    },
    {
        "id": "top_axis_of_topk_kept",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "The axis of the few most likely tokens is still there",
        "hint": "You ask for the one most likely token and get a list of one at each place. Take that last axis off.",
    },
    {
        "id": "top_of_the_final_prediction",
        "exercise": "logit_lens_analysis",
        "stage": "unembedding",
        "title": "Every layer is given the words of the final prediction",
        "hint": (
            "All layers say the same word in your answer. Are your most likely tokens made from the layers' logits, or "
            "from the model's own?"
        ),
    },
    {
        "id": "kl_reversed",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The KL divergence runs the other way",
        "hint": (
            "KL is not symmetric. Which distribution weighs the sum: the layer's or the final one? Compare with the "
            "formula in the notebook, then look at the order of your arguments."
        ),
    },
    {
        "id": "kl_in_bits",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The KL divergence is in bits, not in nats",
        "hint": (
            "Your values are off by one constant factor. Which base does your logarithm have, and which one does the "
            "task ask for?"
        ),
    },
    {
        "id": "kl_mean_over_vocabulary",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The KL divergence is averaged over the vocabulary",
        "hint": (
            "Your values are too small by the size of the vocabulary. What does the formula do with the terms, one "
            "for each token?"
        ),
    },
    {
        "id": "kl_batchmean",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "One number is returned for the whole prompt",
        "hint": (
            "The divergence has a value at each position and layer. How does the function you call put the terms "
            "together, and which option stops it from doing that?"
        ),
    },
    {
        "id": "kl_default_mean",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "All terms of the divergence are averaged into one number",
        "hint": (
            "The divergence has a value at each position and layer. What does the function you call do with the terms "
            "when you do not say anything about it?"
        ),
    },
    {
        "id": "kl_mean_over_positions",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The divergences are averaged over the positions",
        "hint": (
            "You have one value for each layer. The task asks for one at each position and layer: over which axis "
            "alone do the terms belong together?"
        ),
    },
    {
        "id": "kl_target_without_softmax",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The final prediction goes in as logits or logarithms, where probabilities belong",
        "hint": (
            "A distribution has no negative entries and sums to one. Check that for both things that go into your KL "
            "divergence."
        ),
    },
    {
        "id": "kl_log_target_with_probabilities",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The final prediction is announced as logarithms, but holds probabilities",
        "hint": "An option of the function you call says in which form the target comes. Does yours come in that form?",
    },
    {
        "id": "kl_softmax_twice",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The final prediction goes through the softmax twice",
        "hint": (
            "Print the largest probability of the final prediction: a trained model is surer than that. How often are "
            "its logits turned into probabilities?"
        ),
    },
    {
        "id": "kl_input_without_log_softmax",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The layers' logits are used as if they were log-probabilities",
        "hint": (
            "Take exp of what you hand over as the layers' log-probabilities and sum over the vocabulary: is it one?"
        ),
    },
    {
        "id": "kl_input_without_log",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The layers' probabilities are used where log-probabilities belong",
        "hint": (
            "The documentation of the function you call says which of its arguments it expects as logarithms. Check "
            "which of yours are."
        ),
    },
    {
        "id": "kl_softmax_over_positions",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The softmax runs over the positions",
        "hint": (
            "Every position makes one prediction, over all words of the vocabulary. Along which axis should the "
            "probabilities sum to one?"
        ),
    },
    {
        "id": "kl_softmax_over_layers",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The softmax runs over the layers",
        "hint": (
            "Each layer makes a prediction of its own, over all words of the vocabulary. Along which axis should its "
            "probabilities sum to one?"
        ),
    },
    {
        "id": "kl_negative",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The KL divergence has the wrong sign",
        "hint": (
            "A KL divergence is never negative. Where does a sign come from in your formula: the fraction, or the "
            "difference of logarithms?"
        ),
    },
    {
        "id": "kl_cross_entropy",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The cross entropy is returned, not the KL divergence",
        "hint": (
            "Your values do not come down to zero where a layer agrees with the model. Which term of the formula, one "
            "of the final prediction alone, is missing?"
        ),
    },
    {
        "id": "kl_jensen_shannon",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The Jensen-Shannon divergence is returned",
        "hint": (
            "Yours treats both distributions alike and stays below one. The task asks for the divergence in which one "
            "of the two weighs the sum."
        ),
    },
    {
        "id": "kl_to_last_lens_layer",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "Layers are compared with the lens's last layer, not with the final prediction",
        "hint": (
            "Your last layer has a divergence of exactly zero. Does the last layer of the lens see everything that "
            "the final logits see?"
        ),
    },
    {
        "id": "kl_to_last_position",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "Every position is compared with the final prediction of the last position",
        "hint": (
            "The model makes a prediction at each position. Compare a layer at some position with the final "
            "prediction at that same position."
        ),
    },
    {
        "id": "kl_to_previous_position",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "Each position is compared with the final prediction of the one before it",
        "hint": (
            "Print, for one word, which row of the final logits it is compared with. Both must belong to the same "
            "position."
        ),
    },
    {
        "id": "axes_swapped",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "Layers and positions are swapped",
        "hint": (
            "Your tensors have the axes (layer, position). The task asks for the position first: which axis do you "
            "stack along?"
        ),
    },
    {
        "id": "batch_dimension_kept",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "The batch axis is still there",
        "hint": (
            "Your tensors have an extra axis of length 1. There is one prompt: where does the batch axis come from, "
            "and which option takes it off?"
        ),
    },
    {
        "id": "last_position_only",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "Only the last position is analysed",
        "hint": (
            "The lens looks at every position of the prompt. Print the shapes on the way and see where the axis of "
            "positions goes."
        ),
    },
    {
        "id": "results_in_another_order",
        "exercise": "logit_lens_analysis",
        "stage": "divergence",
        "title": "Most likely tokens and divergences change places",
        "hint": "The values are right. Compare the order of your `return` with the one in the task.",
    },
    {
        "id": "activations_without_bos",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "tokens",
        "title": "The model runs without the token that begins every text",
        "hint": (
            "GPT-2 expects a special token before the first word. Look at the first token of the list you run the "
            "model on."
        ),
    },
    {
        "id": "activations_bos_doubled",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "tokens",
        "title": "The token that begins every text comes twice",
        "hint": (
            "`to_tokens` puts the special token first by itself. Print the first three tokens that your model runs "
            "on: which of them did you add?"
        ),
    },
    {
        "id": "activations_of_another_prompt",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "tokens",
        "title": "A prompt of the notebook is used instead of the argument",
        "hint": (
            "Your answer is the same whatever is asked. Which variable do you tokenize: the function's parameter, or "
            "one that an earlier cell has left behind?"
        ),
    },
    {
        "id": "activations_of_the_answer_alone",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "tokens",
        "title": "The model reads the answer without what stands before it",
        "hint": (
            "A word's activations depend on all the words before it. Print the tokens that your model runs on, and "
            "compare them with the prompt."
        ),
    },
    {
        "id": "last_token_of_prompt",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The last token of the whole prompt is read",
        "hint": (
            "The prompt may go on after the telling token. Try one whose answer is two tokens long, or that has "
            "another sentence behind it."
        ),
    },
    {
        "id": "demarcation_token_itself",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The demarcation token itself is read",
        "hint": "At the colon the model has not read the answer yet. Print the token at the position you use.",
    },
    {
        "id": "token_before_demarcation",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The token before the demarcation token is read",
        "hint": (
            "You are two tokens too early. Print the token at the position you use; count the special token at the "
            "beginning as well."
        ),
    },
    {
        "id": "one_token_too_far",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The second token after the demarcation token is read",
        "hint": (
            "You are one token too far. Print the token at the position you use, for a prompt that goes on after the "
            "answer."
        ),
    },
    {
        "id": "last_demarcation_token",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The last demarcation token is used, not the first",
        "hint": (
            "A prompt may hold the demarcation token more than once. Which of them does the notebook's first line of "
            "code find?"
        ),
    },
    {
        "id": "demarcation_written_down",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The colon is looked for, whichever demarcation token is given",
        "hint": (
            "The function has a second parameter. Ask for another demarcation token than the notebook's, and see "
            "which one your code looks for."
        ),
    },
    {
        "id": "position_written_down",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The position is a fixed number",
        "hint": (
            "Your function reads the same position in every text. Try a prompt that has more words before the colon."
        ),
    },
    {
        "id": "mean_over_tokens",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The stream is averaged over the tokens",
        "hint": "One token carries the information. An average mixes it with all the tokens before it.",
    },
    {
        "id": "sum_over_tokens",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The stream is added up over the tokens",
        "hint": "One token carries the information. A sum mixes it with all the tokens before it.",
    },
    {
        "id": "mean_over_answer",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "The stream is averaged over everything behind the demarcation token",
        "hint": (
            "One token carries the information. Try a prompt that goes on after the answer: your average takes all of "
            "that in."
        ),
    },
    {
        "id": "all_positions",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "token",
        "title": "All positions are returned",
        "hint": (
            "The result should have the axes (layer, d_model). Which axis is left over, and which of its entries is "
            "asked for?"
        ),
    },
    {
        "id": "activations_resid_mid",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The stream is read without normalising it",
        "hint": (
            "You read the right place of the layer, but before its normalisation. Compare the name of the activation "
            "with the one in the text."
        ),
    },
    {
        "id": "activations_resid_post",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The stream is read after the MLP, without normalising it",
        "hint": (
            "The text above the exercise names the activation to read. Yours lies further on in the layer, and is not "
            "normalised."
        ),
    },
    {
        "id": "activations_resid_post_ln_final",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The stream is read after the MLP, through the final layer norm",
        "hint": (
            "The text above the exercise names the activation to read. Yours lies further on in the layer; the final "
            "norm is for the model's end."
        ),
    },
    {
        "id": "activations_resid_pre",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The stream is read at the beginning of each layer, without normalising it",
        "hint": (
            "The text above the exercise names the activation to read. Yours lies before the attention of the layer, "
            "and is not normalised."
        ),
    },
    {
        "id": "activations_ln1",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The stream is read before the attention of each layer",
        "hint": "A block normalises the stream twice. Which of the two stands between attention and MLP?",
    },
    {
        "id": "activations_attn_out",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "What the attention adds is read, not the stream",
        "hint": (
            "A layer only adds to the residual stream. You return one addition of the attention; the task asks for "
            "the sum so far."
        ),
    },
    {
        "id": "activations_mlp_out",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "What the MLP adds is read, not the stream",
        "hint": (
            "A layer only adds to the residual stream. You return one addition of the MLP; the task asks for the sum "
            "so far."
        ),
    },
    {
        "id": "activations_scale",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The scale of the normalisation is read, not what it gives",
        "hint": (
            "There are two activations with nearly the same name at this place: one number for each token, and a "
            "whole vector. Print their shapes."
        ),
    },
    {
        "id": "last_layer_only",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "Only the last layer is returned",
        "hint": "The result should have the axes (layer, d_model). Check along which axis you take the last entry.",
    },
    {
        "id": "activations_first_layer_dropped",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The first layer is left out",
        "hint": (
            "There is one layer too few. Print the numbers that your loop over the layers runs through: what is the "
            "first one?"
        ),
    },
    {
        "id": "activations_last_layer_dropped",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The last layer is left out",
        "hint": (
            "There is one layer too few. Print the numbers that your loop over the layers runs through: what is the "
            "last one?"
        ),
    },
    {
        "id": "activations_shifted_by_a_layer",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The layers are shifted by one",
        "hint": (
            "Your layer 0 holds the values of layer 1. Print the names of the activations in the order in which you "
            "collect them."
        ),
    },
    {
        "id": "activations_layer_count_hard_coded",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The number of layers is written down",
        "hint": (
            "GPT-2 small has 12 layers, another model has not, and the rows beyond its depth hold nothing. Ask the "
            "model how many it has."
        ),
    },
    {
        "id": "activations_layers_reversed",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The layers are in reverse order",
        "hint": (
            "Your first row belongs to the last layer. Print the names of the activations in the order in which you "
            "collect them."
        ),
    },
    {
        "id": "activations_added_up",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "Each layer is added to those before it",
        "hint": (
            "The stream is a sum already: every layer holds what the ones before it wrote. Return each layer as it is."
        ),
    },
    {
        "id": "activations_mean_over_layers",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The layers are averaged",
        "hint": "The result should have the axes (layer, d_model): a row for each layer, not one for all of them.",
    },
    {
        "id": "activations_softmax",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "A softmax is taken over the activations",
        "hint": (
            "Each of your rows sums to one. Activations are no scores of a vocabulary: return what the model holds, "
            "as it is."
        ),
    },
    {
        "id": "activations_unit_length",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "Each row is scaled to the length one",
        "hint": (
            "The activation is normalised by the model already, in its own way. Return what the model holds, as it is."
        ),
    },
    {
        "id": "activations_unembedded",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The stream is unembedded",
        "hint": (
            "Your last axis is as long as the vocabulary. This exercise wants the stream itself, before it is turned "
            "into words."
        ),
    },
    {
        "id": "activations_axes_swapped",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The axes of layers and dimensions are swapped",
        "hint": "The result should have the axes (layer, d_model), in this order.",
    },
    {
        "id": "activations_batch_kept",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "An extra axis of length 1 is still there",
        "hint": (
            "There is one prompt and one token. Which indexing or option keeps an axis of length 1 that nobody needs?"
        ),
    },
    {
        "id": "activations_flattened",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "The layers stand one after the other in a single axis",
        "hint": (
            "The result should have the axes (layer, d_model). What do you join the layers with, and does that make a "
            "new axis?"
        ),
    },
    {
        "id": "list_for_tensor",
        "exercise": "prompt_to_residual_stream_activations",
        "stage": "stream",
        "title": "A list of tensors is returned instead of one tensor",
        "hint": "The values are right. Join the layers into one tensor, with a new axis for them.",
    },
]

PAIRS = {
    "kl_reversed": ["kl_in_bits", "kl_mean_over_vocabulary", "kl_to_last_lens_layer", "kl_to_last_position"],
    "lens_resid_post_ln_final": ["kl_reversed", "kl_in_bits", "kl_mean_over_vocabulary"],
    "lens_resid_post": ["kl_reversed", "kl_in_bits", "kl_mean_over_vocabulary", "kl_to_last_lens_layer"],
    "lens_resid_mid": ["kl_reversed", "kl_in_bits", "kl_mean_over_vocabulary", "kl_to_last_lens_layer"],
    "lens_resid_pre": ["kl_reversed", "kl_in_bits"],
    "lens_ln1": ["kl_reversed", "kl_in_bits", "kl_mean_over_vocabulary", "kl_to_last_lens_layer"],
    "lens_without_bos": ["kl_reversed", "kl_in_bits", "kl_mean_over_vocabulary", "kl_to_last_lens_layer"],
    "last_token_of_prompt": [
        "activations_resid_mid",
        "activations_resid_post",
        "activations_resid_pre",
        "activations_ln1",
        "activations_without_bos",
    ],
    "demarcation_token_itself": [
        "activations_resid_mid",
        "activations_resid_post",
        "activations_resid_pre",
        "activations_ln1",
        "activations_without_bos",
    ],
    "one_token_too_far": ["activations_resid_mid", "activations_resid_post", "activations_ln1"],
    "last_demarcation_token": ["activations_resid_mid", "activations_resid_post", "activations_ln1"],
    "mean_over_tokens": ["activations_resid_mid", "activations_resid_post", "activations_without_bos"],
}

STAGES = {
    "logit_lens_analysis": [
        ("tokens", "the tokens", 0),
        ("stream", "the stream of each layer", None),
        ("unembedding", "the most likely tokens", 1),
        ("divergence", "the divergences", 2),
    ],
    "prompt_to_residual_stream_activations": [
        ("tokens", "the tokens that the model reads", None),
        ("token", "the token whose activations are taken", None),
        ("stream", "the activations", 0),
    ],
}

SCHOOL, PAIR = "James Potter went to school. James", "fast : slow"
GPT2_LAYERS = 12

STREAM, NORMALISED_BEFORE, SCALE = "ln2.hook_normalized", "ln1.hook_normalized", "ln2.hook_scale"
PRE, ATTENTION, MID, MLP, POST = "hook_resid_pre", "hook_attn_out", "hook_resid_mid", "hook_mlp_out", "hook_resid_post"
PLACES = (STREAM, NORMALISED_BEFORE, SCALE, PRE, ATTENTION, MID, MLP, POST)


@functools.lru_cache(maxsize=8)
def _run(ids: tuple[int, ...]) -> tuple[Any, Any]:
    """Return the final logits (position, vocab) and the cache.

    Kept, because every mistake asks for the same ones.
    """
    logits, cache = gpt2_small.run_with_cache(t.tensor([ids]), names_filter=lambda name: name.endswith(PLACES))
    return logits[0], cache


def _read(tokens: Any, place: str) -> tuple[Any, Any]:
    """Return the final logits (position, vocab) and the activations at ``place``.

    The latter are (position, layer, d_model).
    """
    logits, cache = _run(tuple(tokens[0].tolist()))
    return logits, t.stack([cache[f"blocks.{i}.{place}"][0] for i in range(len(gpt2_small.blocks))], dim=1)


def _tokens(text: str) -> Any:
    return gpt2_small.to_tokens(text)


def _without_bos(text: str) -> Any:
    return gpt2_small.to_tokens(text)[:, 1:]


def _bos_doubled(text: str) -> Any:
    tokens = gpt2_small.to_tokens(text)
    return t.cat([tokens[:, :1], tokens], dim=1)


def _same(value: Any) -> Any:
    return value


def _padded(rows: Any) -> Any:
    """Return rows (layer, ...), with rows of zeros up to GPT-2 small's number of layers."""
    missing = max(0, GPT2_LAYERS - len(rows))
    return t.cat([rows, rows.new_zeros(missing, *rows.shape[1:])])[:GPT2_LAYERS]


# -- logit_lens_analysis -----------------------------------------------------------------------------------------------


def _lens(
    input_prompt: str,
    *,
    text: Any = _same,
    tokens: Any = _tokens,
    place: str = STREAM,
    stream: Any = lambda stream: stream,
    unembed: Any = lambda stream: gpt2_small.unembed(stream),
    top: Any = lambda final, lens: lens.argmax(-1),
    target: Any = lambda final, lens: final,
    divergence: Any = lambda final, lens: _kl(final, lens),
    unit: Any = lambda kl: kl,
    form: Any = lambda tokens, top, kl: (tokens, top, kl),
) -> Any:
    """Analyse a prompt: the right answer, but for the steps that are given.

    Logits are (position, layer, vocab).
    """
    ids = tokens(text(input_prompt))
    final, read = _read(ids, place)
    final, lens = final[:, None], unembed(stream(read))
    return form(ids, top(final, lens), unit(divergence(target(final, lens), lens)))


def _kl(final: Any, lens: Any) -> Any:
    """Return KL(final || lens) of logits, in nats, over the last axis."""
    return _divergence(final.log_softmax(-1), lens.log_softmax(-1))


def _divergence(log_p: Any, log_q: Any) -> Any:
    return (log_p.exp() * (log_p - log_q)).sum(-1)


def _torch_kl(lens: Any, target: Any, **options: Any) -> Any:
    return t.nn.functional.kl_div(lens.log_softmax(-1), target.expand_as(lens), reduction="none", **options).sum(-1)


def _jensen_shannon(final: Any, lens: Any) -> Any:
    middle = ((final.softmax(-1) + lens.softmax(-1)) / 2).log()
    return (_divergence(final.log_softmax(-1), middle) + _divergence(lens.log_softmax(-1), middle)) / 2


LENS: dict[str, dict[str, Any]] = {
    "lens_without_bos": {"tokens": _without_bos},
    "lens_bos_doubled": {"tokens": _bos_doubled},
    "tokens_without_bos": {"form": lambda tokens, top, kl: (tokens[:, 1:], top, kl)},
    "lens_first_position_dropped": {"form": lambda tokens, top, kl: (tokens[:, 1:], top[1:], kl[1:])},
    "lens_another_prompt": {"text": lambda prompt: SCHOOL},
    "lens_resid_post_ln_final": {"place": POST, "stream": lambda stream: gpt2_small.ln_final(stream)},
    "lens_resid_post": {"place": POST},
    "lens_resid_mid": {"place": MID},
    "lens_resid_pre": {"place": PRE},
    "lens_ln1": {"place": NORMALISED_BEFORE},
    "lens_attn_out": {"place": ATTENTION},
    "lens_mlp_out": {"place": MLP},
    "lens_shifted_by_a_layer": {"stream": lambda stream: stream.roll(-1, 1)},
    "lens_first_layer_dropped": {"stream": lambda stream: stream[:, 1:]},
    "lens_last_layer_dropped": {"stream": lambda stream: stream[:, :-1]},
    "lens_layer_count_hard_coded": {"form": lambda tokens, top, kl: (tokens, _padded(top.T).T, _padded(kl.T).T)},
    "lens_layers_reversed": {"stream": lambda stream: stream.flip(1)},
    "lens_last_layer_everywhere": {"stream": lambda stream: stream[:, -1:].expand_as(stream)},
    "lens_layers_added_up": {"stream": lambda stream: stream.sum(1, keepdim=True).expand_as(stream)},
    "lens_embedding_for_unembedding": {"unembed": lambda stream: stream @ gpt2_small.W_E.T},
    "lens_unembed_bias_missing": {"unembed": lambda stream: stream @ gpt2_small.W_U},
    "lens_log_of_log": {"unembed": lambda stream: gpt2_small.unembed(stream).log_softmax(-1).log()},
    "top_least_likely": {"top": lambda final, lens: lens.argmin(-1)},
    "top_over_positions": {"top": lambda final, lens: lens.argmax(0)},
    "top_values_for_indices": {"top": lambda final, lens: lens.log_softmax(-1).amax(-1)},
    "top_axis_of_topk_kept": {"top": lambda final, lens: lens.topk(1).indices},
    "top_of_the_final_prediction": {"top": lambda final, lens: final.argmax(-1).expand(lens.shape[:2])},
    "kl_reversed": {"divergence": lambda final, lens: _kl(lens, final)},
    "kl_in_bits": {"unit": lambda kl: kl / math.log(2)},
    "kl_mean_over_vocabulary": {"unit": lambda kl: kl / gpt2_small.cfg.d_vocab},
    "kl_batchmean": {"unit": lambda kl: kl.sum() / len(kl)},
    "kl_default_mean": {"unit": lambda kl: kl.mean() / gpt2_small.cfg.d_vocab},
    "kl_mean_over_positions": {"unit": lambda kl: kl.mean(0)},
    "kl_target_without_softmax": {"divergence": lambda final, lens: _torch_kl(lens, final)},
    "kl_log_target_with_probabilities": {
        "divergence": lambda final, lens: _torch_kl(lens, final.softmax(-1), log_target=True)
    },
    "kl_softmax_twice": {"target": lambda final, lens: final.softmax(-1)},
    "kl_input_without_log_softmax": {"divergence": lambda final, lens: _divergence(final.log_softmax(-1), lens)},
    "kl_input_without_log": {"divergence": lambda final, lens: _divergence(final.log_softmax(-1), lens.softmax(-1))},
    "kl_softmax_over_positions": {
        "divergence": lambda final, lens: _divergence(final.log_softmax(0), lens.log_softmax(0))
    },
    "kl_softmax_over_layers": {
        "divergence": lambda final, lens: _divergence(final.log_softmax(-1), lens.log_softmax(1))
    },
    "kl_negative": {"unit": lambda kl: -kl},
    "kl_cross_entropy": {"divergence": lambda final, lens: -(final.softmax(-1) * lens.log_softmax(-1)).sum(-1)},
    "kl_jensen_shannon": {"divergence": _jensen_shannon},
    "kl_to_last_lens_layer": {"target": lambda final, lens: lens[:, -1:]},
    "kl_to_last_position": {"target": lambda final, lens: final[-1:]},
    "kl_to_previous_position": {"target": lambda final, lens: final.roll(1, 0)},
    "axes_swapped": {"form": lambda tokens, top, kl: (tokens, top.T, kl.T)},
    "batch_dimension_kept": {"form": lambda tokens, top, kl: (tokens, top[None], kl[None])},
    "last_position_only": {"form": lambda tokens, top, kl: (tokens, top[-1], kl[-1])},
    "results_in_another_order": {"form": lambda tokens, top, kl: (tokens, kl, top)},
}


# -- prompt_to_residual_stream_activations -----------------------------------------------------------------------------


def _activations(
    prompt: str,
    demarcation_token: int,
    *,
    text: Any = _same,
    token: Any = _same,
    tokens: Any = _tokens,
    position: Any = lambda ids, token: ids.index(token) + 1,
    context: Any = lambda ids, position: (ids, position),
    place: str = STREAM,
    pick: Any = lambda stream, position: stream[position],
    form: Any = lambda rows: rows,
) -> Any:
    """Return activations: the right answer, but for the steps given.

    ``pick`` sees (position, layer, d_model).
    """
    ids = tokens(text(prompt))
    ids, at = context(ids, position(ids[0].tolist(), token(demarcation_token)))
    return form(pick(_read(ids, place)[1], at))


def _colon(token: int) -> int:
    return gpt2_small.tokenizer.encode(" :")[-1]


ACTIVATIONS: dict[str, dict[str, Any]] = {
    "activations_without_bos": {"tokens": _without_bos},
    "activations_bos_doubled": {"tokens": _bos_doubled},
    "activations_of_another_prompt": {"text": lambda prompt: PAIR, "token": _colon},
    "activations_of_the_answer_alone": {"context": lambda ids, at: (t.cat([ids[:, :1], ids[:, at:]], dim=1), 1)},
    "last_token_of_prompt": {"position": lambda ids, token: len(ids) - 1},
    "demarcation_token_itself": {"position": lambda ids, token: ids.index(token)},
    "token_before_demarcation": {"position": lambda ids, token: ids.index(token) - 1},
    "one_token_too_far": {"position": lambda ids, token: min(ids.index(token) + 2, len(ids) - 1)},
    "last_demarcation_token": {"position": lambda ids, token: len(ids) - ids[::-1].index(token)},
    "demarcation_written_down": {"token": _colon},
    "position_written_down": {"position": lambda ids, token: min(3, len(ids) - 1)},
    "mean_over_tokens": {"pick": lambda stream, at: stream[: at + 1].mean(0)},
    "sum_over_tokens": {"pick": lambda stream, at: stream[: at + 1].sum(0)},
    "mean_over_answer": {"pick": lambda stream, at: stream[at:].mean(0)},
    "all_positions": {"pick": lambda stream, at: stream[: at + 1]},
    "activations_resid_mid": {"place": MID},
    "activations_resid_post": {"place": POST},
    "activations_resid_post_ln_final": {"place": POST, "form": lambda rows: gpt2_small.ln_final(rows)},
    "activations_resid_pre": {"place": PRE},
    "activations_ln1": {"place": NORMALISED_BEFORE},
    "activations_attn_out": {"place": ATTENTION},
    "activations_mlp_out": {"place": MLP},
    "activations_scale": {"place": SCALE},
    "last_layer_only": {"form": lambda rows: rows[-1]},
    "activations_first_layer_dropped": {"form": lambda rows: rows[1:]},
    "activations_last_layer_dropped": {"form": lambda rows: rows[:-1]},
    "activations_shifted_by_a_layer": {"form": lambda rows: rows.roll(-1, 0)},
    "activations_layer_count_hard_coded": {"form": _padded},
    "activations_layers_reversed": {"form": lambda rows: rows.flip(0)},
    "activations_added_up": {"form": lambda rows: rows.cumsum(0)},
    "activations_mean_over_layers": {"form": lambda rows: rows.mean(0)},
    "activations_softmax": {"form": lambda rows: rows.softmax(-1)},
    "activations_unit_length": {"form": lambda rows: rows / rows.norm(dim=-1, keepdim=True)},
    "activations_unembedded": {"form": lambda rows: gpt2_small.unembed(rows[None])[0]},
    "activations_axes_swapped": {"form": lambda rows: rows.T},
    "activations_batch_kept": {"form": lambda rows: rows[None]},
    "activations_flattened": {"form": lambda rows: rows.flatten()},
    "list_for_tensor": {"form": list},
}


# -- functions by id ---------------------------------------------------------------------------------------------------

globals().update({id: functools.partial(_lens, **steps) for id, steps in LENS.items()})
globals().update({id: functools.partial(_activations, **steps) for id, steps in ACTIVATIONS.items()})


def both(first: str, second: str, *args: Any) -> Any:
    """Return the answer in which two mistakes meet.

    Raises TypeError for two that take the same step.
    """
    function, steps = (_lens, LENS) if first in LENS else (_activations, ACTIVATIONS)
    return function(*args, **steps[first], **steps[second])
