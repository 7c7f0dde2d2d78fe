// A host with protobuf of its own: the library brings none that could clash.

#include <string>

#include "acl_shim/tests/hosts/host_program.h"
#include "google/protobuf/struct.pb.h"

namespace npuemu {
namespace {

TEST(HostProtobufTest, BothWork) {
  google::protobuf::Struct message;
  (*message.mutable_fields())["answer"].set_number_value(42);
  EXPECT_EQ(RoundTrip(3), 3);
  google::protobuf::Struct copy;
  ASSERT_TRUE(copy.ParseFromString(message.SerializeAsString()));
  EXPECT_EQ(copy.fields().at("answer").number_value(), 42);
}

}  // namespace
}  // namespace npuemu
