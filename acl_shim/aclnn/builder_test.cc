// What no operator can show by itself: values without elements.

#include "acl_shim/aclnn/builder.h"

#include <gtest/gtest.h>

namespace npuemu::shim::nn {
namespace {

// Under UBSan an element that is not there is seen.
TEST(Builder, ViewsOfConstantsWithoutElements) {
  Builder b({});
  const Value none = b.Constant(1, DataType::kFloat, {0, 3});
  const Value turned = b.Reshape(none, {3, 0});
  EXPECT_EQ(b.ShapeOf(turned), (Shape{3, 0}));
  EXPECT_EQ(b.ShapeOf(b.Narrow(turned, 0, 1, 2)), (Shape{2, 0}));
  EXPECT_TRUE(b.ok());
}

}  // namespace
}  // namespace npuemu::shim::nn
