#include "core/analysis/scalar_presets.h"

namespace descent {

const std::vector<ScalarPreset>& scalar_presets() {
    static const std::vector<ScalarPreset> all{
        {"exercise",
         "Exercise: one ReLU neuron",
         "z = x*m; a = z + b; y = max(0, a); o = (y - t)^2",
         {{"x", 3}, {"m", 2}, {"b", 1.5}, {"t", 5}},
         {"A neuron with input x, weight m and bias b, a ReLU, and the squared error to the target t (y* in "
          "the "
          "exercise).",
          "A published solution has ∂a/∂z = b and ∂a/∂b = z. Both are 1: a = z + b rises by as much as z or "
          "b "
          "does, whatever the other one is. b and z would be the slopes of a product z · b; compare ∂z/∂x = "
          "m "
          "and ∂z/∂m = x one step before, where there is a product.",
          "So a sum hands its gradient on unchanged: with u = 2(y − t) where a > 0, else 0, ∂o/∂a = ∂o/∂z = "
          "∂o/∂b = u, ∂o/∂x = u·m, ∂o/∂m = u·x, and ∂o/∂t = −2(y − t). Here u = 5, so that x gets 10, m 15 "
          "and "
          "t −5. With the mistake b would get 5·6 = 30: the finite difference of b tells at once.",
          "Set b = −6 to put a on the kink, where max halves the slope and relu(a) would take 0, and b = −7 "
          "to see a dead neuron: the gradient stops at y."}},
        {"neuron",
         "Sigmoid neuron with cross-entropy",
         "z = w*x + b; p = sigmoid(z); loss = -(t*log(p) + (1 - t)*log(1 - p))",
         {{"w", 0.5}, {"x", 2}, {"b", -3}, {"t", 1}},
         {"A neuron that answers with a probability p, and the cross-entropy to the label t.",
          "∂loss/∂z = p − t: the slope of the sigmoid, p(1 − p), cancels the 1/p of the logarithm, so that a "
          "neuron that is surely wrong still learns. With a squared error p(1 − p) would stay.",
          "p is used twice, and its two contributions are added up. Set w = 30 and t = 0: in doubles p is 1 "
          "and "
          "log(1 − p) is −∞. That is why libraries compute softplus(z) − t·z from z instead."}},
        {"shared",
         "A variable used twice",
         "o = x*x + x",
         {{"x", 3}},
         {"x reaches o along three edges: twice into the product, once into the sum. Each edge hands back "
          "its "
          "own share, 3, 3 and 1, and the gradient is their sum, 2x + 1 = 7.",
          "This is why gradients are accumulated, and why a weight that is used at every step of a recurrent "
          "network, or at every place of a convolution, gets a sum."}},
        {"vanishing",
         "A vanishing chain of tanh",
         "h1 = tanh(w*x); h2 = tanh(w*h1); h3 = tanh(w*h2); h4 = tanh(w*h3); h5 = tanh(w*h4)",
         {{"w", 0.6}, {"x", 1}},
         {"Five steps of the smallest recurrent network: one state, one weight w.",
          "Each step back multiplies by w·(1 − h²), which is below |w|. Five of them leave little of the "
          "gradient by x: it vanishes. Without the tanh it would be w⁵, and with w above 1 it would explode: "
          "what clipping is for.",
          "Set w = 3: the states saturate, 1 − h² is near 0, and the gradient vanishes as well."}},
        {"softmax",
         "Softmax of two, from scratch",
         "ea = exp(a); eb = exp(b); p = ea/(ea + eb); loss = -log(p)",
         {{"a", 1}, {"b", 2}},
         {"The cross-entropy of the first of two classes with outputs a and b.",
          "∂loss/∂a = p − 1 and ∂loss/∂b = 1 − p: they add up to 0, for only the difference of a and b "
          "counts. Set a = b = 800: exp overflows, and nothing is left. Subtracting the larger one first "
          "mends it."}},
        {"kink",
         "A kink, and what is done there",
         "o = abs(x) + max(x, y) + relu(x*y)",
         {{"x", 0}, {"y", 0}},
         {"At x = y = 0 three functions have no slope. PyTorch takes 0 for abs and relu, and halves it "
          "between "
          "two equal inputs of max; any choice between the slopes on both sides is a subgradient.",
          "A finite difference takes the mean of both sides instead, which may or may not be the same "
          "number: "
          "the table says where it is not, and shows both slopes."}},
    };
    return all;
}

} // namespace descent
