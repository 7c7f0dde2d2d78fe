"""The libraries by which programs know the interface."""

# Everything but libascendcl.so itself and libc_sec.so: filter libraries. Those
# of the upper part hold names of api.def; those of the lower part are asked for
# on link lines only (their names move up once api.def has rows for them).
FILTER_LIBRARIES = [
    "libacl_cblas.so",
    "libacl_dvpp.so",
    "libacl_dvpp_mpi.so",
    "libacl_dvpp_op.so",
    "libacl_mdl.so",
    "libacl_op_compiler.so",
    "libacl_op_executor.so",
    "libacl_prof.so",
    "libacl_retr.so",
    "libacl_rt.so",
    "libacl_rtc.so",
    "libacl_tdt_channel.so",
    "libacl_tdt_queue.so",
    "libascend_dump.so",
    "libmsprofiler.so",
    "libnnopbase.so",
    "libplatform.so",
    "libunified_dlog.so",
    # Without a row of their own in api.def.
    "libacl_rt_impl.so",
    "libopapi.so",
    "libopapi_cv.so",
    "libopapi_math.so",
    "libopapi_nn.so",
    "libopapi_transformer.so",
    "libprofapi.so",
    "libruntime.so",
]

_API = "//acl_shim:api.def"
_FUNCTIONS = "//testdata/reference:functions.tsv"
_ACLNN = "//testdata/reference:aclnn.tsv"
_TOOL = "//acl_shim/abi:gen_abi.py"
_MODULES = "//acl_shim/abi:python_modules"

def abi_genrule(name, out, what):
    """Runs gen_abi.py WHAT into the file OUT."""
    native.genrule(
        name = name,
        srcs = [_API, _FUNCTIONS, _ACLNN, _TOOL, _MODULES],
        outs = [out],
        cmd = ("PYTHONDONTWRITEBYTECODE=1 " +
               "/usr/bin/python3 $(location %s) --api $(location %s) " +
               "--functions $(location %s) --aclnn $(location %s) %s > $@") %
              (_TOOL, _API, _FUNCTIONS, _ACLNN, what),
    )

def filter_library(name):
    """A library whose names the loader finds in libascendcl.so beside it."""
    stem = name.replace(".so", "")
    abi_genrule(
        name = stem + "_names",
        out = stem + "_names.c",
        what = "filter " + name,
    )
    native.cc_binary(
        name = name,
        srcs = [stem + "_names.c"],
        copts = ["-fvisibility=default"],
        features = ["-supports_start_end_lib"],
        linkopts = [
            "-fuse-ld=bfd",
            "-nostdlib",
            "-Wl,--as-needed",
            "-Wl,-F,libascendcl.so",
            "-Wl,-soname," + name,
            "-Wl,-rpath,$$ORIGIN",
        ],
        linkshared = True,
        visibility = ["//visibility:public"],
    )
