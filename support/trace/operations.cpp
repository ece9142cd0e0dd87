#include "operations.hpp"

#include <algorithm>
#include <tuple>
#include <unordered_map>

namespace trace {

namespace {

using calls_by_operation = std::unordered_map<std::uint64_t, const event*>;

// The calls, by the sequence of the operation that they have issued.
calls_by_operation issuing_calls(const recording& of) {
    calls_by_operation result;
    for (const event* each : of.events)
        if (each->kind == event_kind::call && each->sequence != 0)
            result.emplace(each->sequence, each);
    return result;
}

operation begin_operation(const event& issued, const calls_by_operation& calls) {
    const auto call = calls.find(issued.sequence);
    operation result{};
    result.issued = &issued;
    result.issued_by = call == calls.end() ? nullptr : call->second;
    return result;
}

void end_with_call(operation& self) {
    self.by = ended_by::own_call;
    self.end = self.issued_by->end;
    self.error = self.issued_by->error;
    self.bytes = self.issued_by->bytes;
}

void end_with_completion(operation& self, const event& collected) {
    self.by = ended_by::collected;
    self.collected = &collected;
    self.end = collected.begin;
    self.error = collected.error;
    self.bytes = collected.bytes;
}

// Ends an operation without a completion: with its call if it was done at once, or by `otherwise`.
void end_uncollected(operation& self, ended_by otherwise, std::uint64_t end) {
    if (self.issued_by != nullptr && self.issued_by->result == outcome::ok) {
        end_with_call(self);
        return;
    }
    self.by = otherwise;
    self.end = end;
    self.error = otherwise == ended_by::end_of_recording ? ERROR_OPERATION_ABORTED : 0;
}

} // namespace

std::vector<operation> match_operations(const recording& of) {
    std::vector<const event*> steps;
    for (const event* each : of.events)
        if (each->kind == event_kind::issued || each->kind == event_kind::collected)
            steps.push_back(each);
    std::sort(steps.begin(), steps.end(), [](const event* a, const event* b) {
        return std::tie(a->overlapped, a->sequence) < std::tie(b->overlapped, b->sequence);
    });

    const calls_by_operation calls = issuing_calls(of);
    std::vector<operation> result;
    bool open = false; // result.back() has not ended
    std::uint64_t address = 0;
    for (const event* step : steps) {
        if (open && step->overlapped != address) {
            end_uncollected(result.back(), ended_by::end_of_recording, of.end);
            open = false;
        }
        address = step->overlapped;
        if (step->kind == event_kind::collected) {
            if (open)
                end_with_completion(result.back(), *step);
            open = false;
            continue;
        }
        if (open)
            end_uncollected(result.back(), ended_by::unknown, step->begin);
        operation& self = result.emplace_back(begin_operation(*step, calls));
        open = self.issued_by == nullptr || self.issued_by->result != outcome::failed;
        if (!open)
            end_with_call(self);
    }
    if (open)
        end_uncollected(result.back(), ended_by::end_of_recording, of.end);

    std::sort(result.begin(), result.end(), [](const operation& a, const operation& b) {
        return a.issued->sequence < b.issued->sequence;
    });
    for (std::size_t i = 0; i < result.size(); ++i)
        result[i].id = i + 1;
    return result;
}

} // namespace trace
