#pragma once

#include "core/engine/torch.h"

#include <memory>
#include <mutex>
#include <vector>

namespace descent {

/// Numbers to work in, kept for the next call: new pages cost more than what is written to them. Owned by a
/// shared_ptr. Thread: any.
class Buffers : public std::enable_shared_from_this<Buffers> {
public:
    /// At least so many, uninitialised. Back to the buffers when the last copy of the pointer goes.
    std::shared_ptr<Tensor> take(std::int64_t count, at::ScalarType type);

private:
    std::mutex mutex_;
    std::vector<Tensor> free_;
};

} // namespace descent
