"""Tests of the generator: what it refuses, and what its parts look like."""

import os
import tempfile
import unittest

import abi_tables
import coverage_page
import gen_abi

_A = 'API(aclA, "rt/device", "liba.so", "libascendcl.so", kStub, "")'
_B = 'API(aclB, "rt/device", "libb.so", "-", kPartial, "No \\"x\\" | y.")'
_C = 'API(aclC, "rt/event", "-", "libascendcl.so", kFull, "")'


def _read(*lines):
  with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "api.def")
    with open(path, "w", encoding="utf-8") as f:
      f.write("// comment\n\n" + "\n".join(lines) + "\n")
    return abi_tables.read_api(path)


class TableTest(unittest.TestCase):

  def test_reads_rows(self):
    rows = _read(_A, _B, _C)
    self.assertEqual([row.name for row in rows], ["aclA", "aclB", "aclC"])
    self.assertEqual(rows[1].state, "kPartial")

  def _refused(self, words, *lines):
    with self.assertRaisesRegex(abi_tables.TableError, words):
      _read(*lines)

  def test_refuses_what_is_no_row(self):
    self._refused("not an API", "API(aclA, rt)")

  def test_refuses_unknown_state(self):
    self._refused("kHalf, expected one of", _A.replace("kStub", "kHalf"))

  def test_refuses_partial_without_sentence(self):
    self._refused("must say what is missing", _A.replace("kStub", "kPartial"))

  def test_refuses_wrong_order(self):
    self._refused("aclA is out of order", _B, _A)

  def test_refuses_a_name_twice(self):
    self._refused("twice in the table: aclA", _A,
                  _A.replace("rt/device", "rt/event"))

  def test_complete(self):
    function = {"name": "aclA", "lib": "liba.so", "lib_8.1": "libascendcl.so"}
    abi_tables.check_complete(_read(_A), [function])
    with self.assertRaisesRegex(abi_tables.TableError, "no row for aclZ"):
      abi_tables.check_complete(_read(_A), [dict(function, name="aclZ")])
    with self.assertRaisesRegex(abi_tables.TableError, "expected .'libz.so'"):
      abi_tables.check_complete(_read(_A), [dict(function, lib="libz.so")])


class GeneratorTest(unittest.TestCase):

  def test_stub_of_a_status(self):
    self.assertEqual(
        gen_abi.stub("aclA", "aclError aclA(int x)"),
        'ACL_FUNC_VISIBILITY aclError aclA(int x) {\n'
        '  return npuemu_stub_called("aclA");\n}\n')

  def test_stub_of_nothing(self):
    self.assertEqual(gen_abi.stub("f", "void f(void)"),
                     'ACL_FUNC_VISIBILITY void f(void) {\n'
                     '  npuemu_stub_called("f");\n}\n')

  def test_stub_of_a_value(self):
    self.assertIn("return {};", gen_abi.stub("f", "const char *f(void)"))
    self.assertIn("return {};", gen_abi.stub("f", "uint32_t f(void)"))

  def test_only_stubs_get_bodies(self):
    functions = [{"name": "aclA", "prototype": "aclError aclA(void)"}]
    text = gen_abi.stubs(_read(_A, _B, _C), functions)
    self.assertIn("aclA(", text)
    self.assertNotIn("aclB", text)
    self.assertNotIn("aclC", text)

  def test_a_stub_needs_a_prototype(self):
    with self.assertRaisesRegex(abi_tables.TableError, "no prototype"):
      gen_abi.stubs(_read(_A), [])

  def test_exports(self):
    self.assertEqual(
        gen_abi.exports(_read(_A, _C)),
        "{\n  global:\n    aclA;\n    aclC;\n  local:\n    *;\n};\n")

  def test_libraries(self):
    rows = _read(_A, _B, _C)
    self.assertEqual(gen_abi.names(rows), "liba.so aclA\nlibb.so aclB\n")
    self.assertEqual(abi_tables.names_of(rows, "libascendcl.so"),
                     ["aclA", "aclB", "aclC"])


class CoverageTest(unittest.TestCase):

  def test_page(self):
    page = coverage_page.page(_read(_A, _B, _C))
    self.assertIn("| rt/device | 0 | 1 | 1 | 2 |", page)
    self.assertIn("| **all** | **1** | **1** | **1** | **3** |", page)
    self.assertIn('| `aclB` | rt/device | No "x" \\| y. |', page)
    self.assertIn("| rt/device (1) | `aclA` |", page)


if __name__ == "__main__":
  unittest.main()
