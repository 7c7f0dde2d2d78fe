"""The list of what tools/install.sh copies, and from where."""

def _toolkit_manifest_impl(ctx):
    lines = []
    for target, folder in ctx.attr.folders.items():
        for file in target.files.to_list():
            # Headers keep their path below acl_shim/include.
            place = file.basename
            if folder == "include":
                place = file.short_path.partition("acl_shim/include/")[2]
                if not place:
                    fail("%s is not under acl_shim/include" % file.short_path)
            lines.append("%s\t%s/%s" % (file.path, folder, place))
    manifest = ctx.actions.declare_file(ctx.label.name + ".tsv")
    ctx.actions.write(manifest, "\n".join(sorted(lines)) + "\n")
    files = depset(
        [manifest],
        transitive = [target.files for target in ctx.attr.folders],
    )
    return [DefaultInfo(files = files)]

toolkit_manifest = rule(
    implementation = _toolkit_manifest_impl,
    doc = "Writes NAME.tsv: path under the execution root, path under PREFIX.",
    attrs = {"folders": attr.label_keyed_string_dict(allow_files = True)},
)
