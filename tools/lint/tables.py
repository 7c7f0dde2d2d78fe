"""What the lint enforces, and what it lets pass with a reason."""

# Most lines of a file, first match counts (style 3).
FILE_LIMITS = [
    (r'(^|/)BUILD\.bazel$', 150),
    (r'^README\.md$', 150),
    (r'^ARCHITECTURE\.md$', 200),
    (r'_test\.(cc|py|sh|c)$', 500),
    (r'^kernels/ops/.*/[^/]+\.cc$', 250),
    (r'\.h$', 250),
    (r'\.(cc|c|py|sh)$', 500),
]
FUNCTION_LIMIT = 60
ENTRY_POINT_LIMIT = 15
COLUMNS = 80

# Layers: a folder may include itself and what is listed for it. Anything that
# lies in this tree and is not listed is refused.
INCLUDES = {
    'emulator/base/': [],
    'emulator/event/': ['emulator/base/'],
    'emulator/host/': ['emulator/base/'],
    'emulator/memory/': ['emulator/base/', 'emulator/event/'],
    'emulator/task/': ['emulator/base/', 'emulator/event/',
                       'emulator/memory/'],
    'emulator/sched/': ['emulator/base/', 'emulator/event/',
                        'emulator/memory/', 'emulator/task/'],
    'emulator/trace/': ['emulator/base/', 'emulator/event/'],
    'emulator/replay/': ['emulator/base/', 'emulator/event/', 'emulator/host/',
                         'emulator/sched/', 'emulator/trace/'],
    'emulator/': ['emulator/'],
    'kernels/numeric/': [],
    'kernels/tensor/': ['kernels/numeric/'],
    'kernels/op/': ['kernels/numeric/', 'kernels/tensor/', 'kernels/gemm/'],
    'kernels/': ['kernels/'],
    'acl_shim/': ['acl_shim/', 'emulator/', 'kernels/'],
    'tools/': ['acl_shim/', 'emulator/', 'kernels/', 'tools/'],
}
# Every test below kernels/ may include these.
TEST_ONLY = ('kernels/testing/',)
LAYERS = ('emulator/', 'kernels/', 'acl_shim/', 'tools/')

# Operator files are many: they include the standard library only (style 4.13).
HEAVY_HEADERS = r'^(absl|tbb|oneapi|Eigen|eigen3|gtest)/'

# (rule, what is banned, why). Matched on code without comments and strings.
BANNED = [
    ('random', r'\babsl::(Insecure)?BitGen\b', 'use emulator/base/prng.h'),
    ('random', r'\b(std::)?\w+_distribution\b', 'results differ by library'),
    ('random', r'\brandom_device\b', 'use emulator/base/prng.h'),
    ('random', r'\b[sd]?rand(48|_r)?\s*\(', 'use emulator/base/prng.h'),
    ('clock', r'\b(system|steady|high_resolution)_clock\b',
     'time is virtual (design 4)'),
    ('clock', r'\b(gettimeofday|clock_gettime|timespec_get|absl::Now)\s*\(',
     'time is virtual (design 4)'),
    ('clock', r'\b(std::)?time\s*\(\s*(NULL|nullptr|0|&\w+)\s*\)',
     'time is virtual (design 4)'),
    ('sleep', r'\b(u|nano|clock_nano)?sleep\s*\(', 'nothing waits by time'),
    ('sleep', r'\bsleep_(for|until)\b|\bSleepFor\b', 'nothing waits by time'),
    ('tbb', r'\bparallel_reduce\s*[(<]', 'sums differ by run (style 0)'),
    ('tbb', r'\bparallel_scan\s*[(<]', 'sums differ by run (style 0)'),
    ('pointer-key', r'\bstd::(multi)?(map|set)<\s*(const\s+)?[\w:]+\s*\*',
     'addresses differ by run'),
]
# Matched on the raw text of files that build.
BUILD_FILES = r'(BUILD\.bazel|\.BUILD|\.bzl|\.bazelrc|\.sh)$'
BANNED_FLAGS = r'-march=native|-ffast-math|-Ofast|-funsafe-math'

# Rules that do not hold in tools and tests (fnmatch patterns).
EXEMPT = {
    'clock': ['tools/*', '*_test.cc', 'testdata/*'],
    'sleep': ['testdata/*'],
}

# (path pattern, rule, reason): everything else that may pass. An entry that
# lets nothing pass is itself an error.
ALLOWED = [
    ('tools/lint/tables.py', 'todo', 'the patterns themselves'),
    ('emulator/device/host_wait.cc', 'clock',
     'timed calls and the hang timeout are wall-clock steps (design 4)'),
    ('emulator/replay/replayer.cc', 'clock',
     'a replay that cannot go on must not hang'),
    ('emulator/host/preload/clock.cc', 'clock',
     'defines the functions that programs read clocks with'),
    ('emulator/host/preload/clock.cc', 'sleep',
     'defines the functions that programs sleep with'),
    ('emulator/host/preload/testing/scenes.cc', 'clock',
     'a program under test: its clock is made virtual'),
    ('emulator/host/preload/testing/scenes.cc', 'sleep',
     'a program under test: its sleep is made virtual'),
    ('testdata/fuzz/*', 'machine-path', 'text of inputs, never opened'),
    ('kernels/ops/BUILD.bazel', 'file-size',
     'the operators of all families and the tests that hold for all'),
    ('acl_shim/abi/BUILD.bazel', 'file-size',
     'every header is compiled alone by every compiler'),
    ('tools/install/copy_tree.sh', 'machine-path',
     'a list of system folders to refuse'),
]

MACHINE_PATH = r'(?<![\w./$}{*-])/(work|root|tmp|home/\w+)(?![\w-])'
LEFTOVER = r'\b(TODO|FIXME|XXX|HACK)\b'

# Which test owns a .cc without x_test.cc beside it: owners.tsv.
OWNERS_FILE = 'tools/lint/owners.tsv'
