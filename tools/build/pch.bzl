"""A precompiled header of system headers.

Parsing Abseil and GoogleTest is most of what compiling a file here costs; with
two compilers and a sanitizer on two cores that decides how long tools/test.sh
takes. Nothing depends on it: without it every file compiles the same.
"""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _precompiled_header_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        # It belongs to no module.
        unsupported_features = ctx.disabled_features + [
            "layering_check",
            "module_maps",
        ],
    )
    header = ctx.actions.declare_file(ctx.label.name + ".h")
    compiled = ctx.actions.declare_file(ctx.label.name + ".h.gch")
    ctx.actions.write(
        output = header,
        content = "".join(["#include <%s>\n" % h for h in ctx.attr.headers]),
    )
    includes = []
    for name in ctx.attr.headers:
        includes += ["-include", name]
    fragment = ctx.fragments.cpp
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = fragment.copts + fragment.cxxopts + ctx.attr.copts,
        # clang notes where this file is, and wants it there again; a sandbox is
        # gone by then. The headers come by -include.
        source_file = "/usr/include/stdc-predef.h",
        output_file = compiled.path,
        use_pic = True,
    )
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = "c++-compile",
        variables = variables,
    )
    ctx.actions.run(
        executable = toolchain.compiler_executable,
        arguments = ["-x", "c++-header"] + includes + flags,
        inputs = toolchain.all_files,
        outputs = [compiled],
        mnemonic = "PrecompileHeader",
        progress_message = "Precompiling %s" % header.short_path,
    )
    files = depset([header, compiled])
    return [
        DefaultInfo(files = files),
        CcInfo(compilation_context = cc_common.create_compilation_context(
            headers = files,
        )),
    ]

precompiled_header = rule(
    implementation = _precompiled_header_impl,
    attrs = {
        "copts": attr.string_list(),
        "headers": attr.string_list(),
        "_cc_toolchain": attr.label(
            default = "@bazel_tools//tools/cpp:current_cc_toolchain",
        ),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)
