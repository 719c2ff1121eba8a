#pragma once

#include <cstdint>
#include <span>

namespace descent {

/// How replicates came out.
struct Moments {
    std::int64_t count = 0;
    double mean = 0;      ///< NaN of nothing
    double deviation = 0; ///< sample SD (n − 1); NaN below two
};
Moments moments(std::span<const double> values);

/// Student's t distribution with `dof` > 0 degrees of freedom, not necessarily whole: P(T ≤ t).
double student_t_cdf(double t, double dof);
/// Its inverse for p in [0, 1]: 1e-11 relative up to some thousand degrees of freedom. 0 → −∞, 1 → ∞.
double student_t_quantile(double p, double dof);
/// P(T ≤ t) of the noncentral t distribution, whose normal part has mean `shift`: 1e-10 absolute.
double noncentral_t_cdf(double t, double dof, double shift);

/// A difference of two means with its interval, mean ± half_width.
struct Difference {
    double mean = 0;
    double half_width = 0; ///< NaN below two replicates on either side, and where a value is not finite
    double error = 0;      ///< the mean's standard error
    double dof = 0;
    std::int64_t count = 0; ///< pairs, or replicates on the smaller side
    bool paired = false;
    /// The interval leaves out 0.
    bool distinct() const { return mean < -half_width || mean > half_width; }
};
/// Of pairs: after[i] − before[i].
Difference paired_difference(std::span<const double> before, std::span<const double> after,
                             double level = 0.95);
/// Of independent replicates with variances of their own (Welch 1947, Satterthwaite's degrees of freedom).
Difference welch_difference(std::span<const double> before, std::span<const double> after,
                            double level = 0.95);

} // namespace descent
