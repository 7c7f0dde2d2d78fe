// Reads docs/sequences.md and its like: lines indented by four spaces hold a
// header, "Name(inputs) in domain", those indented further its statements.

#include <cctype>
#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "kernels/testing/expression.h"
#include "kernels/testing/sequence.h"

namespace npuemu::reference {
namespace {

[[noreturn]] void Fail(const std::string& line, const std::string& why) {
  std::fprintf(stderr, "sequences.md: %s: in \"%s\"\n", why.c_str(),
               line.c_str());
  std::abort();
}

// Words, numbers and signs of one line.
std::vector<std::string> TokensOf(const std::string& line) {
  std::vector<std::string> tokens;
  for (size_t i = 0; i < line.size();) {
    const auto c = static_cast<unsigned char>(line[i]);
    if (std::isspace(c) != 0) {
      ++i;
    } else if (std::isdigit(c) != 0 || (c == '.' && i + 1 < line.size())) {
      size_t length = 0;
      (void)std::stod(line.substr(i), &length);
      tokens.push_back(line.substr(i, length));
      i += length;
    } else if (std::isalpha(c) != 0 || c == '_') {
      size_t end = i;
      while (end < line.size() &&
             (std::isalnum(static_cast<unsigned char>(line[end])) != 0 ||
              line[end] == '_')) {
        ++end;
      }
      tokens.push_back(line.substr(i, end - i));
      i = end;
    } else {
      const std::string two = line.substr(i, 2);
      const bool pair = two == "<=" || two == ">=" || two == "==" ||
                        two == "!=" || two == "<<" || two == ">>";
      tokens.push_back(pair ? two : line.substr(i, 1));
      i += pair ? 2 : 1;
    }
  }
  return tokens;
}

using Node = std::shared_ptr<const Expression>;

// Recursive descent over one statement's right side.
class Parser {
 public:
  Parser(std::vector<std::string> tokens, std::string line)
      : tokens_(std::move(tokens)), line_(std::move(line)) {}

  Node All() {
    Node node = Choice();
    if (at_ != tokens_.size()) Fail(line_, "unexpected " + tokens_[at_]);
    return node;
  }

 private:
  bool Take(const std::string& token) {
    if (at_ >= tokens_.size() || tokens_[at_] != token) return false;
    ++at_;
    return true;
  }
  void Expect(const std::string& token) {
    if (!Take(token)) Fail(line_, "expected " + token);
  }
  static Node Make(const std::string& op, std::vector<Node> children) {
    return std::make_shared<const Expression>(
        Expression{op, 0, std::move(children)});
  }

  Node Choice() {
    if (!Take("if")) return Level(0);
    Node condition = Level(0);
    Expect("then");
    Node yes = Choice();
    Expect("else");
    return Make("if", {condition, yes, Choice()});
  }

  // Binary operators, the loosest first.
  Node Level(size_t level) {
    static const std::vector<std::vector<std::string>> kLevels = {
        {"or"},          {"and"},      {"<", "<=", ">", ">=", "==", "!="},
        {"|", "^", "&"}, {"<<", ">>"}, {"+", "-"},
        {"*", "/"}};
    if (level == kLevels.size()) return Sign();
    Node left = Level(level + 1);
    for (bool more = true; more;) {
      more = false;
      for (const std::string& op : kLevels[level]) {
        if (!Take(op)) continue;
        left = Make(op, {left, Level(level + 1)});
        more = true;
        break;
      }
    }
    return left;
  }

  Node Sign() {
    if (Take("not")) return Make("not", {Sign()});
    if (Take("-")) {
      Node value = Sign();
      if (value->op == "number") {
        Expression negative = *value;
        negative.number = -negative.number;
        return std::make_shared<const Expression>(negative);
      }
      return Make("neg", {value});
    }
    return Primary();
  }

  Node Primary() {
    if (Take("(")) {
      Node node = Choice();
      Expect(")");
      return node;
    }
    if (at_ >= tokens_.size()) Fail(line_, "ends too early");
    const std::string token = tokens_[at_++];
    const auto first = static_cast<unsigned char>(token[0]);
    if (std::isdigit(first) != 0 || first == '.') {
      return std::make_shared<const Expression>(
          Expression{"number", std::stod(token), {}});
    }
    if (std::isalpha(first) == 0) Fail(line_, "unexpected " + token);
    if (!Take("(")) return Make("name " + token, {});
    std::vector<Node> arguments;
    if (!Take(")")) {
      do {
        arguments.push_back(Choice());
      } while (Take(","));
      Expect(")");
    }
    return Make("call " + token, std::move(arguments));
  }

  std::vector<std::string> tokens_;
  std::string line_;
  size_t at_ = 0;
};

// "Name, Other(a, b) in T selects"; all the names are that sequence.
Sequence HeaderOf(const std::string& line, std::vector<std::string>* names) {
  const std::vector<std::string> tokens = TokensOf(line);
  Sequence sequence;
  size_t i = 0;
  const auto next = [&] {
    if (i == tokens.size()) Fail(line, "ends too early");
    return tokens[i++];
  };
  for (std::string token = next(); token != "("; token = next()) {
    if (token != ",") names->push_back(token);
  }
  for (std::string token = next(); token != ")"; token = next()) {
    if (token != ",") sequence.inputs.push_back(token);
  }
  if (next() != "in") Fail(line, "expected in");
  sequence.domain = next();
  for (; i < tokens.size(); ++i) {
    if (tokens[i] == "selects") sequence.selects = true;
    if (tokens[i] == "away") sequence.away = true;
  }
  return sequence;
}

void ReadFile(const std::string& path, Sequences* sequences) {
  std::ifstream file(path);
  if (!file.good()) Fail(path, "cannot be read");
  std::vector<Sequence*> current;
  for (std::string line; std::getline(file, line);) {
    const size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || indent < 4 || line[indent] == '#') {
      continue;
    }
    if (indent == 4) {
      std::vector<std::string> names;
      const Sequence sequence = HeaderOf(line, &names);
      current.clear();
      for (const std::string& name : names) {
        if (sequences->count(name) != 0) Fail(line, "defined twice");
        (*sequences)[name] = sequence;
        (*sequences)[name].name = name;
        current.push_back(&(*sequences)[name]);
      }
      continue;
    }
    const size_t equals = line.find('=');
    if (current.empty() || equals == std::string::npos) {
      Fail(line, "no statement");
    }
    const auto left = TokensOf(line.substr(0, equals));
    if (left.size() != 1) Fail(line, "expected name = value");
    const Node value = Parser(TokensOf(line.substr(equals + 1)), line).All();
    for (Sequence* sequence : current) {
      sequence->statements.push_back({left[0], value});
    }
  }
}

}  // namespace

Sequences ReadSequences(const std::vector<std::string>& paths) {
  Sequences sequences;
  for (const std::string& path : paths) ReadFile(path, &sequences);
  return sequences;
}

}  // namespace npuemu::reference
