// File: recorder.h
// The observer that writes the log as a trace. Ends the trace when it goes.

#ifndef EMULATOR_TRACE_RECORDER_H_
#define EMULATOR_TRACE_RECORDER_H_

#include <memory>
#include <span>
#include <utility>

#include "emulator/trace/trace_stream.h"

namespace npuemu {

class Recorder : public Observer {
 public:
  explicit Recorder(std::shared_ptr<TraceWriter> writer)
      : writer_(std::move(writer)) {}
  ~Recorder() override { writer_->Finish(); }
  void OnEvent(const Event& event) override { writer_->Write(event); }
  void OnArguments(std::span<const Argument> arguments, const char* call,
                   SimTime time) override {
    writer_->WriteArguments(arguments, call, time);
  }

 private:
  const std::shared_ptr<TraceWriter> writer_;
};

}  // namespace npuemu

#endif  // EMULATOR_TRACE_RECORDER_H_
