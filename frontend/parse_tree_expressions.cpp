// The part of TreeBuilder for expressions, paths and arguments.
#include <charconv>
#include <system_error>

#include "frontend/parse_tree.h"
#include "support/unicode.h"

namespace snnc::frontend {

namespace {

template <typename Node>
ExprPtr make(Node node, const SourceRange& range) {
    auto out = std::make_unique<Expr>();
    out->node = std::move(node);
    out->range = range;
    return out;
}

BinaryOperator binary_operator(TokenType type) {
    switch (type) {
        case TokenType::Plus: return BinaryOperator::Add;
        case TokenType::Minus: return BinaryOperator::Sub;
        case TokenType::Star: return BinaryOperator::Mul;
        case TokenType::Slash: return BinaryOperator::Div;
        case TokenType::Hat: return BinaryOperator::Pow;
        case TokenType::Less: return BinaryOperator::Lt;
        case TokenType::LessEqual: return BinaryOperator::Le;
        case TokenType::Greater: return BinaryOperator::Gt;
        case TokenType::GreaterEqual: return BinaryOperator::Ge;
        case TokenType::Equal: return BinaryOperator::Eq;
        case TokenType::NotEqual: return BinaryOperator::Ne;
        case TokenType::And: return BinaryOperator::And;
        default: return BinaryOperator::Or;
    }
}

constexpr std::size_t longest_offered = 40;  // bytes of a text that an edit repeats

}  // namespace

Path TreeBuilder::path(P::PathContext* tree) {
    Path out;
    out.head = name(tree->name());
    out.range = range(tree);
    for (auto* suffix : tree->suffix()) {
        if (suffix->DOT() != nullptr) {
            out.suffixes.emplace_back(MemberSuffix{name(suffix->anyName())});
        } else if (suffix->index() != nullptr) {
            out.suffixes.emplace_back(index(suffix->index()));
        } else {
            out.suffixes.emplace_back(call(suffix));
        }
    }
    return out;
}

IndexSuffix TreeBuilder::index(P::IndexContext* tree) {
    return {cuts(tree->indices()), range(tree)};
}

std::vector<Cut> TreeBuilder::cuts(P::IndicesContext* tree) {
    std::vector<Cut> out;
    for (auto* written : tree->cut()) {
        Cut cut;
        cut.range = range(written);
        cut.is_slice = written->COLON() != nullptr;
        for (auto* side : written->expr()) {
            const bool second = cut.is_slice && range(side).begin > range(written->COLON()).begin;
            (second ? cut.end : cut.begin) = expression(side);
        }
        out.push_back(std::move(cut));
    }
    return out;
}

CallSuffix TreeBuilder::call(P::SuffixContext* tree) {
    CallSuffix out;
    out.range = range(tree);
    if (tree->args() == nullptr) return out;
    for (auto* written : tree->args()->arg()) {
        Argument argument;
        if (written->ASSIGN() != nullptr) argument.name = name(written->anyName());
        argument.value = argument_value(written->value());
        argument.range = range(written);
        out.arguments.push_back(std::move(argument));
    }
    return out;
}

ArgumentValue TreeBuilder::argument_value(P::ValueContext* tree) {
    ArgumentValue out;
    out.range = range(tree);
    if (tree->LEARN() != nullptr) out.training = ArgumentValue::Training::Learn;
    if (tree->FIXED() != nullptr) out.training = ArgumentValue::Training::Fixed;
    out.value = expression(tree->expr());
    auto words = tree->name();
    if (tree->NEURON() != nullptr) {
        out.per = Name{"neuron", range(tree->NEURON())};
    } else if (tree->PER() != nullptr) {
        out.per = name(words[0]);
        words.erase(words.begin());
    }
    out.pattern_indices = names(words);
    return out;
}

ExprPtr TreeBuilder::number(const SourceRange& place) {
    const std::string_view written = text(place);
    const auto digit = [&](std::size_t i) {
        return i < written.size() && written[i] >= '0' && written[i] <= '9';
    };
    std::size_t end = 0;
    while (digit(end) || (end < written.size() && written[end] == '.')) ++end;
    if (end < written.size() && (written[end] == 'e' || written[end] == 'E')) {
        const bool sign =
            end + 1 < written.size() && (written[end + 1] == '+' || written[end + 1] == '-');
        std::size_t exponent = end + (sign ? 2 : 1);
        if (digit(exponent)) {
            while (digit(exponent)) ++exponent;
            end = exponent;
        }
    }
    Number out;
    out.digits = written.substr(0, end);
    out.unit = normal_name(written.substr(end));
    out.unit_range = {place.file, place.begin + static_cast<std::uint32_t>(end), place.end};
    const auto result =
        std::from_chars(out.digits.data(), out.digits.data() + out.digits.size(), out.value);
    if (result.ec == std::errc::result_out_of_range) {
        diagnostics_.report(Code::MalformedNumber, place,
                            "`" + out.digits + "` is beyond the range of double precision");
    }
    return make(std::move(out), place);
}

ExprPtr TreeBuilder::expression(P::ExprContext* tree) {
    const SourceRange place = range(tree);
    if (auto* ref = dynamic_cast<P::RefContext*>(tree)) {
        Reference node{path(ref->path(0)), {}};
        if (ref->SURROGATE() != nullptr) node.surrogate = path(ref->path(1));
        return make(std::move(node), place);
    }
    if (dynamic_cast<P::NumContext*>(tree) != nullptr) return number(place);
    if (auto* paren = dynamic_cast<P::ParenOrTupleContext*>(tree)) return parentheses(paren);
    if (auto* cond = dynamic_cast<P::CondExprContext*>(tree)) return conditional(cond->cond());
    if (auto* choice = dynamic_cast<P::ChooseContext*>(tree)) return match(choice);
    if (auto* neg = dynamic_cast<P::NegContext*>(tree)) {
        return make(Unary{UnaryOperator::Minus, expression(neg->expr())}, place);
    }
    if (auto* inverse = dynamic_cast<P::NotContext*>(tree)) {
        return make(Unary{UnaryOperator::Not, expression(inverse->expr())}, place);
    }
    // What is left has an operator between two operands.
    auto* left = dynamic_cast<P::ExprContext*>(tree->children.front());
    auto* op = dynamic_cast<antlr4::tree::TerminalNode*>(tree->children[1]);
    auto* right = dynamic_cast<P::ExprContext*>(tree->children.back());
    if (auto* comparison = dynamic_cast<P::CmpContext*>(tree)) check_comparison(comparison, op);
    return binary(tree, left, right, op);
}

ExprPtr TreeBuilder::binary(P::ExprContext* tree, P::ExprContext* left, P::ExprContext* right,
                            antlr4::tree::TerminalNode* op) {
    const SourceRange op_range = range(op);
    const TokenType type = tokens_[op->getSymbol()->getStartIndex()].token.type;
    ExprPtr first = expression(left);
    ExprPtr second = expression(right);
    return make(Binary{binary_operator(type), std::move(first), std::move(second), op_range},
                range(tree));
}

void TreeBuilder::check_comparison(P::CmpContext* tree, antlr4::tree::TerminalNode* op) {
    auto* left = dynamic_cast<P::CmpContext*>(tree->children.front());
    if (left == nullptr) return;
    const SourceRange middle = range(dynamic_cast<P::ExprContext*>(left->children.back()));
    auto builder = diagnostics_.report(Code::ChainedComparison, range(op),
                                       "a comparison cannot be compared again");
    builder.note("join two comparisons with `and`, or put one in parentheses");
    if (middle.end - middle.begin <= longest_offered) {
        builder.edit({middle.file, middle.end, middle.end}, " and " + std::string(text(middle)));
    }
}

ExprPtr TreeBuilder::parentheses(P::ParenOrTupleContext* tree) {
    const SourceRange place = range(tree);
    if (tree->COMMA().empty()) return make(Parentheses{expression(tree->expr(0))}, place);
    Tuple tuple;
    for (auto* part : tree->expr()) tuple.elements.push_back(expression(part));
    return make(std::move(tuple), place);
}

ExprPtr TreeBuilder::conditional(P::CondContext* tree) {
    If node;
    node.condition = expression(tree->expr(0));
    node.then_value = expression(tree->expr(1));
    node.else_value =
        tree->cond() != nullptr ? conditional(tree->cond()) : expression(tree->expr(2));
    return make(std::move(node), range(tree));
}

ExprPtr TreeBuilder::match(P::ChooseContext* tree) {
    Match node;
    node.option = path(tree->path());
    for (auto* arm : tree->arm()) {
        MatchArm read{{}, expression(arm->expr()), range(arm)};
        for (auto* value : arm->anyName()) read.values.push_back(name(value));
        node.arms.push_back(std::move(read));
    }
    return make(std::move(node), range(tree));
}

}  // namespace snnc::frontend
