#include "acl_shim/tests/interleavings/scenario_kit.h"

#include <map>
#include <memory>
#include <utility>

#include "acl_shim/op/model_store.h"

namespace npuemu::shim {
namespace {

// Launches of products of one size on a stream of their own.
struct Launches {
  explicit Launches(const std::vector<int>& variants) {
    std::map<int, aclopHandle*> handles;
    for (int variant : variants) {
      Launch launch = Kit::MatMul(16, variant, kTwo, own.stream);
      // One operator, one handle, one op object.
      const auto [known, fresh] = handles.try_emplace(variant, launch.handle);
      launch.handle = known->second;
      all.push_back(launch);
    }
  }
  std::vector<ThreadBody> Bodies() {
    std::vector<ThreadBody> bodies;
    for (Launch& launch : all) bodies.push_back(Kit::Body(&launch));
    return bodies;
  }
  OwnStream own;
  std::vector<Launch> all;
};

Try NullWorkspace() {
  auto s = std::make_shared<Launches>(std::vector<int>{0, 0});
  return {s->Bodies(), [s] {
            return aclrtSynchronizeStream(s->own.stream) ==
                   ACL_ERROR_RT_AICORE_EXCEPTION;
          }};
}

// Looks after each step whether two operators own one block. `two_free`: the
// first two have been launched at the same time before, so that the allocator
// has two blocks.
Try SharedBlock(const std::vector<int>& variants, bool two_free) {
  auto s = std::make_shared<Launches>(variants);
  if (two_free) {
    EXPECT_TRUE(RunScript("1:S3 2:S3 1 2", {Kit::Body(&s->all[0]),
                                            Kit::Body(&s->all[1])}));
  }
  auto objects = std::make_shared<std::vector<std::shared_ptr<OpObject>>>();
  for (Launch& launch : s->all) {  // the op objects exist before they race
    Kit::Look(launch, [&](StreamResource& resource, OpObject& object) {
      objects->push_back(resource.ObjectOf(object.model));
    });
  }
  auto shared = std::make_shared<bool>(false);
  testing::SetInspector([objects, shared] {
    for (const auto& a : *objects) {
      for (const auto& b : *objects) {
        *shared |= a != b && a->mem != 0 && a->mem == b->mem;
      }
    }
  });
  return {s->Bodies(), [s, shared] {
            testing::SetInspector(nullptr);
            aclrtSynchronizeStream(s->own.stream);
            return *shared;
          }};
}

Try NullBlock() {
  auto s = std::make_shared<Launches>(std::vector<int>{0, 0});
  return {s->Bodies(), [s] {
            aclrtSynchronizeStream(s->own.stream);
            return s->all[0].result == ACL_ERROR_INTERNAL_ERROR ||
                   s->all[1].result == ACL_ERROR_INTERNAL_ERROR;
          }};
}

// y = x + x by a dynamic model: `rows` of three.
struct Doublings {
  explicit Doublings(std::vector<int64_t> rows) : rows(std::move(rows)) {
    static const aclError loaded =
        Load(DynamicModel("Add", {{1, 4096}, {3, 3}}));
    EXPECT_EQ(loaded, ACL_SUCCESS);
    for (size_t k = 0; k < this->rows.size(); ++k) {
      const auto bytes = static_cast<size_t>(this->rows[k]) * 6;
      const uint16_t x = k == 0 ? kOne : kTwo;
      in.push_back(Buffer(Kit::Upload(Kit::All(kReserved, x)), bytes));
      out.push_back(
          Buffer(Kit::Upload(Kit::All(kReserved, kUnwritten)), bytes));
    }
    results.assign(this->rows.size(), -1);
  }
  std::vector<ThreadBody> Bodies() {
    std::vector<ThreadBody> bodies;
    for (size_t k = 0; k < rows.size(); ++k) {
      bodies.push_back(OnDevice([this, k] {
        const Dims dims{rows[k], 3};
        results[k] = ExecV2("Add", {Desc(dims), Desc(dims)}, {in[k], in[k]},
                            {Desc(dims)}, {out[k]}, own.stream);
      }));
    }
    return bodies;
  }
  // After a synchronise: how many values of the output were written.
  size_t Written(size_t k) const {
    const auto values =
        Kit::Download<uint16_t>(aclGetDataBufferAddr(out[k]), kReserved);
    return static_cast<size_t>(std::count_if(
        values.begin(), values.end(),
        [](uint16_t value) { return value != kUnwritten; }));
  }
  static constexpr size_t kReserved = 96;
  OwnStream own;
  std::vector<int64_t> rows;
  std::vector<aclDataBuffer*> in, out;
  std::vector<aclError> results;
};

Try SwappedOutputs() {
  auto s = std::make_shared<Doublings>(std::vector<int64_t>{5, 5});
  return {s->Bodies(), [s] {
            aclrtSynchronizeStream(s->own.stream);
            return s->results == std::vector<aclError>{0, 0} &&
                   (s->Written(0) == 0 || s->Written(1) == 0);
          }};
}

Try DeadFrame() {
  auto s = std::make_shared<Doublings>(std::vector<int64_t>{5, 5});
  return {s->Bodies(), [s] {
            aclrtSynchronizeStream(s->own.stream);
            return s->results[0] == kGeParamInvalid ||
                   s->results[1] == kGeParamInvalid;
          }};
}

Try OtherTiling() {
  auto s = std::make_shared<Doublings>(std::vector<int64_t>{5, 9});
  return {s->Bodies(), [s] {
            aclrtSynchronizeStream(s->own.stream);
            return s->Written(0) > 15;  // behind its 5 rows
          }};
}

// A product that takes few cores and much memory: two of them run at a time.
// x1 begins with a unit matrix, x2 holds one value: so does y.
Launch FlatProduct(uint16_t value) {
  constexpr int64_t kRows = 16;
  constexpr int64_t kSide = 512;
  om::SingleOpModel model = BinaryModel("MatMulV2", {kRows, kSide});
  model.inputs[1] = ModelTensor(ACL_FLOAT16, {kSide, kSide});
  model.attrs = {{"transpose_x1", false}, {"transpose_x2", false}};
  EXPECT_EQ(Load(model), ACL_SUCCESS);
  aclopAttr* attr = aclopCreateAttr();
  aclopSetAttrBool(attr, "transpose_x1", 0);
  aclopSetAttrBool(attr, "transpose_x2", 0);
  Launch launch;
  EXPECT_EQ(CreateHandle("MatMulV2",
                         {Desc({kRows, kSide}), Desc({kSide, kSide})},
                         {Desc({kRows, kSide})}, &launch.handle, attr),
            ACL_SUCCESS);
  std::vector<uint16_t> unit(kRows * kSide, 0);
  for (size_t i = 0; i < kRows; ++i) unit[i * (kSide + 1)] = kOne;
  launch.count = unit.size();
  launch.in = {Buffer(Kit::Upload(unit), launch.count * 2),
               Kit::Half(kSide * kSide, value)};
  launch.out = Kit::Half(launch.count, kUnwritten);
  launch.expected = value;
  return launch;
}

// One handle and null streams in two contexts. Runs under a policy of virtual
// time: the kernels overlap in the workspace that they share.
Try SharedNullStream() {
  struct State {
    aclrtContext contexts[2] = {};
    Launch launches[2];
  };
  auto s = std::make_shared<State>();
  for (int k = 0; k < 2; ++k) {
    EXPECT_EQ(aclrtCreateContext(&s->contexts[k], 0), ACL_SUCCESS);
    s->launches[k] = FlatProduct(k == 0 ? kOne : kTwo);
  }
  s->launches[1].handle = s->launches[0].handle;
  std::vector<ThreadBody> bodies;
  for (int k = 0; k < 2; ++k) {
    bodies.push_back([s, k] {
      EXPECT_EQ(aclrtSetCurrentContext(s->contexts[k]), ACL_SUCCESS);
      Kit::Run(&s->launches[k]);
    });
  }
  return {bodies, [s] {
            bool right = true;
            for (int k = 0; k < 2; ++k) {
              aclrtSetCurrentContext(s->contexts[k]);
              aclrtSynchronizeStream(nullptr);
              right &= Kit::Right(s->launches[k]);
            }
            for (aclrtContext context : s->contexts) {
              EXPECT_EQ(aclrtDestroyContext(context), ACL_SUCCESS);
            }
            UseDevice(0);
            return !right;
          }};
}

Try DestroyWithPendingOps() {
  aclrtStream stream = nullptr;
  EXPECT_EQ(aclrtCreateStream(&stream), ACL_SUCCESS);
  aclrtEvent gate = Kit::MakeGate();
  Launch launch = Kit::MatMul(32, 3, kOne, stream);
  EXPECT_EQ(aclrtStreamWaitEvent(stream, gate), ACL_SUCCESS);
  EXPECT_EQ(Kit::Run(&launch), ACL_SUCCESS);
  auto squatter = std::make_shared<Squatter>(launch);
  return {{OnDevice([=] {
             EXPECT_EQ(aclrtDestroyStream(stream), ACL_SUCCESS);
           }),
           OnDevice([=] {
             squatter->Take();
             Open(gate);
           })},
          [=] {
            aclrtSynchronizeDevice();
            return squatter->Trampled();
          }};
}

Try StaleCache() {
  auto launch = std::make_shared<Launch>(Kit::MatMul(16, 1, kOne, nullptr));
  return {{OnDevice([launch] {
            for (int round = 0; round < 2; ++round) {
              const OwnStream own;  // the second has the first one's address
              launch->stream = own.stream;
              Kit::Run(launch.get());
            }
          })},
          [launch] { return launch->result == ACL_ERROR_INTERNAL_ERROR; }};
}

Try AgedModel() {
  struct State {
    OwnStream own;
    Launch launch;
  };
  auto s = std::make_shared<State>();
  const auto compile = [](int64_t extent) {
    const DescList in = {Desc({extent}), Desc({extent})};
    const DescList out = {Desc({extent})};
    return aclopCompile("Mul", 2, in.data(), 1, out.data(), nullptr,
                        ACL_ENGINE_SYS, ACL_COMPILE_SYS, nullptr);
  };
  return {{OnDevice([s, compile] {
            static int64_t extent = 2000;
            extent += 2;
            aclopSetMaxOpQueueNum(ModelStore::Get().size() + 1);
            EXPECT_EQ(compile(extent), ACL_SUCCESS);
            EXPECT_EQ(CreateHandle("Mul", {Desc({extent}), Desc({extent})},
                                   {Desc({extent})}, &s->launch.handle),
                      ACL_SUCCESS);
            const auto count = static_cast<size_t>(extent);
            s->launch.in = {Kit::Half(count, kTwo), Kit::Half(count, kTwo)};
            s->launch.out = Kit::Half(count, kUnwritten);
            s->launch.stream = s->own.stream;
            EXPECT_EQ(Kit::Run(&s->launch), ACL_SUCCESS);
            EXPECT_EQ(compile(extent + 1), ACL_SUCCESS);
            Kit::Run(&s->launch);
            aclopSetMaxOpQueueNum(20000);
          })},
          [s] { return s->launch.result == ACL_ERROR_INTERNAL_ERROR; }};
}

// x1 - x2 with x2 in host memory behind a descriptor that both share.
Try SharedDescriptor() {
  constexpr int64_t kCount = 17;
  static const aclError loaded = [] {
    om::SingleOpModel host = BinaryModel("Sub", {kCount});
    host.inputs[1].mem_type = ACL_MEMTYPE_HOST;
    return Load(host);
  }();
  EXPECT_EQ(loaded, ACL_SUCCESS);
  struct State {
    OwnStream own;
    aclTensorDesc* shared = HostDesc({kCount});
    std::vector<uint16_t> host = Kit::All(kCount, kOne);
    aclDataBuffer* x = Kit::Half(kCount, kFour);
    aclError results[2] = {-1, -1};
  };
  auto s = std::make_shared<State>();
  std::vector<ThreadBody> bodies;
  for (int k = 0; k < 2; ++k) {
    bodies.push_back(OnDevice([s, k] {
      s->results[k] =
          ExecV2("Sub", {Desc({kCount}), s->shared},
                 {s->x, Buffer(s->host.data(), kCount * 2)}, {Desc({kCount})},
                 {Kit::Half(kCount, kUnwritten)}, s->own.stream);
    }));
  }
  return {bodies, [s] {
            aclrtSynchronizeStream(s->own.stream);
            return s->results[0] == ACL_ERROR_OP_NOT_FOUND ||
                   s->results[1] == ACL_ERROR_OP_NOT_FOUND;
          }};
}

}  // namespace

std::vector<Scenario> OperatorScenarios() {
  return {
      {"I1", "two launches of one operator", "1:S4 2:S4 1 2",
       "sync: 507015; one output unwritten", NullWorkspace},
      {"I2", "two launches of one operator, two of others",
       "1:S4 2:S4 1:S10.free 2:S10.free 1:S10.null 3:S3 2:S10.null 4:S3 1 2 "
       "3 4",
       "two operators own one workspace",
       [] { return SharedBlock({0, 0, 1, 2}, /*two_free=*/false); }, 600},
      {"I3", "two launches of one operator", "2:S10 1:S3 2 1",
       "500000: the real runtime crashes", NullBlock},
      {"I4", "launches of four operators, two blocks are free",
       "1:S10.list 2:S3 1 3:S3 4:S3 2 3 4", "two operators own one workspace",
       [] { return SharedBlock({0, 1, 2, 3}, /*two_free=*/true); }, 600},
      {"I5", "two calls of one dynamic operator",
       "1:D3 2:D3 1:D5 2:D5 1:D6 2:D6 1 2",
       "both succeed; one output unwritten", SwappedOutputs},
      {"I6", "two calls of one dynamic operator", "1:D5 2 1",
       "145000: tensors of a call that has returned", DeadFrame},
      {"I7", "two calls of one dynamic operator, 5 and 9 rows",
       "2:D5.launch 1:D5 2:D6 1:D6 2 1", "both succeed; writes out of bounds",
       OtherTiling},
      {"I8", "one handle, null streams of two contexts",
       "1:aclopExecWithHandle 2:aclopExecWithHandle 1 2",
       "both succeed; outputs mixed in a shared workspace", SharedNullStream,
       20},
      {"I10", "destroys a stream with a queued operator; allocates",
       "1:DESTROY_PRE 2 1", "the kernel writes into the other's memory",
       DestroyWithPendingOps},
      {"I11", "one thread: launch, destroy and create the stream, launch", "1",
       "500000: the real runtime uses a deleted object", StaleCache},
      {"I12", "one thread: launch, compile until the model ages, launch", "1",
       "500000: the real runtime uses a deleted object", AgedModel},
      {"I13", "two calls with one descriptor of a host input", "1:MATCH 2 1",
       "100024: the operator is not found", SharedDescriptor},
  };
}

}  // namespace npuemu::shim
