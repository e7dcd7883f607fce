"""The category of an operation or a module type: what its colour means when colour stands for the kind."""

from __future__ import annotations

import re
from functools import lru_cache

KINDS = (
    "linear",
    "conv",
    "norm",
    "activation",
    "attention",
    "embedding",
    "pool",
    "elementwise",
    "shape",
    "reduce",
    "recurrent",
    "loss",
    "random",
    "data-leaves-graph",
    "module",
    "other",
)

_WORDS = {
    "linear": "linear bilinear matmul mm bmm addmm baddbmm addbmm mv dot einsum tensordot outer inner kron "
    "matrix_power addmv vdot chain_matmul multi_dot matmul",
    "conv": "unfold fold",
    "norm": "normalize layernorm batchnorm rmsnorm local_response_norm renorm weight_norm spectral_norm",
    "activation": "relu relu_ gelu silu sigmoid tanh softmax log_softmax softplus softsign elu selu celu leaky_relu "
    "leaky_relu_ rrelu prelu hardtanh hardswish hardsigmoid mish glu logsigmoid threshold tanhshrink softshrink "
    "hardshrink relu6 softmin swish quickgelu newgelu sigmoid_ tanh_ swiglu geglu quickgeluactivation geluactivation "
    "newgeluactivation siluactivation log_sigmoid hardtanh_ silu_ elu_ softmax2d",
    "attention": "scaled_dot_product_attention multi_head_attention_forward sdpa flex_attention",
    "embedding": "embedding embedding_bag embeddingbag one_hot",
    "pool": "interpolate upsample pixel_shuffle pixel_unshuffle grid_sample upsamplingnearest2d upsamplingbilinear2d "
    "pixelshuffle affine_grid",
    "elementwise": "add sub mul div neg pow sqrt rsqrt exp log abs sign clamp where maximum minimum sin cos tan square "
    "reciprocal add_ sub_ mul_ div_ floor ceil round trunc remainder fmod floor_divide true_divide rsub lerp addcmul "
    "addcdiv eq ne lt le gt ge logical_and logical_or logical_not logical_xor masked_fill masked_fill_ bitwise_and "
    "bitwise_or bitwise_not bitwise_xor erf expm1 log1p log2 log10 atan atan2 sinh cosh asin acos clip clamp_ iadd "
    "isub imul itruediv and or not xor invert truediv floordiv mod clamp_min clamp_max exp_ neg_ pow_ sqrt_ float "
    "half double int long bool bfloat16 type to type_as isnan isinf isfinite nan_to_num sigmoid_backward radd rmul "
    "rsub rtruediv rpow multiply divide subtract negative absolute greater less equal square_ hypot frac xlogy "
    "heaviside where_ signbit",
    "shape": "view reshape flatten unflatten transpose permute squeeze unsqueeze cat concat concatenate stack split "
    "chunk expand expand_as repeat repeat_interleave contiguous t mt narrow select index_select gather scatter "
    "scatter_ roll flip pad getitem setitem __getitem__ __setitem__ slice view_as reshape_as movedim swapaxes unbind "
    "tile meshgrid broadcast_to broadcast_tensors index index_put index_put_ take take_along_dim masked_select clone "
    "copy_ detach detach_ to_dense hstack vstack dstack tril triu diag diagonal diag_embed arange zeros ones full "
    "zeros_like ones_like full_like empty empty_like new_zeros new_ones new_full new_empty linspace eye tensor "
    "as_tensor scalar_tensor unflatten identity rot90 fliplr flipud as_strided swapdims tensor_split chunk_ vsplit "
    "hsplit passthrough join squeeze_ unsqueeze_ transpose_ t_ resize_ set_ fill_ zero_ masked_scatter moveaxis ravel "
    "view_as_real view_as_complex real imag adjoint h conj unsafe_chunk triu_indices tril_indices argsort bucketize",
    "reduce": "sum mean max min amax amin prod var std norm argmax argmin cumsum cumprod logsumexp any all topk sort "
    "median mode var_mean std_mean count_nonzero unique kthvalue nonzero bincount scatter_add scatter_add_ "
    "scatter_reduce index_add index_add_ segment_reduce histc logcumsumexp aminmax nansum nanmean trace cdist "
    "index_reduce cummax cummin scatter_reduce_ searchsorted",
    "recurrent": "lstm gru rnn lstmcell grucell rnncell rnn_tanh rnn_relu lstm_cell gru_cell rnn_tanh_cell",
    "loss": "cross_entropy mse_loss nll_loss l1_loss kl_div bce_loss smooth_l1_loss ctc_loss huber_loss "
    "cosine_similarity",
    "random": "dropout dropout_ dropout1d dropout2d dropout3d alpha_dropout feature_dropout rand randn randint "
    "randperm bernoulli multinomial normal normal_ uniform_ rand_like randn_like randint_like bernoulli_ poisson "
    "droppath drop_path stochasticdepth stochastic_depth gumbel_softmax rrelu_ exponential_ alphadropout",
    "data-leaves-graph": "item numpy tolist opaque __bool__ __float__ __int__ __index__ cpu_numpy",
}
_BACKWARD = re.compile(r"backward\d*$")  # of autograd's nodes
_TABLE = {word: kind for kind, words in _WORDS.items() for word in words.split()}
_PARTS = (
    (re.compile(r"attention|attn"), "attention"),
    (re.compile(r"dropout|droppath"), "random"),
    (re.compile(r"loss|cross_entropy"), "loss"),
    (re.compile(r"norm"), "norm"),
    (re.compile(r"embed"), "embedding"),
    (re.compile(r"lstm|gru(cell)?$|^rnn"), "recurrent"),
    (re.compile(r"pool(?!er)|upsampl|interpol"), "pool"),
    (re.compile(r"conv1d$"), "conv"),
    (re.compile(r"conv"), "conv"),
    (re.compile(r"linear"), "linear"),
    (re.compile(r"relu|gelu|silu|sigmoid|tanh|softmax|swish|activation"), "activation"),
)


@lru_cache(maxsize=4096)
def kind_of(name: str) -> str:
    """The category of the last part of a qualified name, `other` where none is known."""
    word = _BACKWARD.sub("", name.rpartition(".")[2].lower())
    found = _TABLE.get(word) or _TABLE.get(word.strip("_"))
    if found is None:
        found = next((kind for pattern, kind in _PARTS if pattern.search(word)), "other")
    return found


def module_kind(type: str) -> str:
    """The category of a module type: `module` for a type of one's own."""
    found = kind_of(type)
    return "module" if found == "other" else found
