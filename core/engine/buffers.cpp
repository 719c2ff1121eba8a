#include "core/engine/buffers.h"

#include <algorithm>

namespace descent {

std::shared_ptr<Tensor> Buffers::take(std::int64_t count, at::ScalarType type) {
    constexpr std::size_t most = 4;
    Tensor buffer;
    {
        const std::lock_guard lock(mutex_);
        const auto fits = std::find_if(free_.begin(), free_.end(), [&](const Tensor& b) {
            return b.scalar_type() == type && b.numel() >= count;
        });
        if (fits != free_.end()) {
            buffer = std::move(*fits);
            free_.erase(fits);
        } else if (free_.size() == most) {
            free_.erase(free_.begin());
        }
    }
    if (!buffer.defined()) buffer = at::empty({count}, type);
    return {new Tensor(std::move(buffer)), [from = shared_from_this()](Tensor* used) {
                const std::unique_ptr<Tensor> owned(used);
                const std::lock_guard lock(from->mutex_);
                if (from->free_.size() < most) from->free_.push_back(std::move(*owned));
            }};
}

} // namespace descent
