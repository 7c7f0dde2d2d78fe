#include "emulator/base/status.h"

#include <string>

#include "emulator/base/intern.h"

#include "gtest/gtest.h"

namespace npuemu {
namespace {

TEST(StatusTest, CarriesItsFault) {
  absl::Status status = FaultError(Fault::kRtContextNull, "no context");
  EXPECT_EQ(FaultOf(status), Fault::kRtContextNull);
  EXPECT_EQ(MessageIdOf(status), "EE1018");
  EXPECT_EQ(status.message(), "no context");
}

TEST(StatusTest, OwnMessageIdWins) {
  absl::Status status =
      FaultError(Fault::kGeParamInvalid, "input 0", "E10402");
  EXPECT_EQ(FaultOf(status), Fault::kGeParamInvalid);
  EXPECT_EQ(MessageIdOf(status), "E10402");
}

TEST(StatusTest, AHazardIsAnExtra) {
  const absl::Status status =
      WithHazard(FaultError(Fault::kRtContextNull, "x"), 44);
  EXPECT_EQ(FaultOf(status), Fault::kRtContextNull);
  EXPECT_EQ(HazardOf(status), 44);
  EXPECT_EQ(HazardOf(absl::OkStatus()), 0);
}

TEST(InternTest, EqualTextsAreOneAndThereIsABound) {
  const std::string text = "text";
  EXPECT_EQ(Intern(text), Intern("text"));
  EXPECT_STREQ(Intern("other"), "other");
  for (int i = 0; i < 10000; ++i) Intern(std::to_string(i));
  EXPECT_STREQ(Intern("one more"), "(too many different texts)");
  EXPECT_STREQ(Intern("text"), "text");
}

TEST(StatusTest, OkAndForeignStatuses) {
  EXPECT_EQ(FaultOf(absl::OkStatus()), Fault::kNone);
  EXPECT_EQ(FaultOf(absl::InternalError("x")), Fault::kInternalError);
}

TEST(StatusTest, RowsAreSortedAndEachIsFound) {
  int32_t last = 0;
#define FAULT(id, code, message_id, title)          \
  EXPECT_LT(last, code);                            \
  last = code;                                      \
  EXPECT_STREQ(InfoOf(Fault::id).name, #id);
#include "emulator/base/fault.def"
#undef FAULT
}

}  // namespace
}  // namespace npuemu
