#include "tests/unit/api/models.h"

namespace snnc::api::test {
namespace {

TEST(ApiSource, ChecksATextWithoutThrowing) {
    EXPECT_TRUE(check(trained).empty());
    const auto found =
        check({"network Net {\n    input x : f32[2]\n    x -> denze(3) as fc\n}\n", "bad.snn"});
    ASSERT_FALSE(found.empty());
    const Diagnostic& first = found.front();
    EXPECT_EQ(first.severity, Severity::Error);
    EXPECT_EQ(first.place.file, "bad.snn");
    EXPECT_EQ(first.place.line, 3u);
    EXPECT_EQ(first.place.column, 10u);
    EXPECT_EQ(first.place.end_column, 15u);
    EXPECT_NE(first.text.find("denze"), std::string::npos);
    EXPECT_NE(first.text.find("^^^^^"), std::string::npos);
}

TEST(ApiSource, NamesWhatATextHolds) {
    EXPECT_EQ(network_names(trained), std::vector<std::string>{"Net"});
    EXPECT_EQ(train_names(trained), std::vector<std::string>{"Learn"});
    EXPECT_EQ(train_names(driven), std::vector<std::string>{});
    EXPECT_EQ(error_code([] { network_names({"network {", "x.snn"}); }).substr(0, 2), "E0");
    EXPECT_EQ(error_code([] { train_names({"network {", "x.snn"}); }).substr(0, 2), "E0");
}

TEST(ApiSource, FormatsAText) {
    EXPECT_EQ(format({"fn f(x)=x+1\n"}), "fn f(x) = x + 1\n");
    EXPECT_NE(error_code([] { format({"fn f(x"}); }), "");
}

TEST(ApiSource, ReadsAFileOrSaysThatThereIsNone) {
    const Source source = read_source(SNNC_SOURCE_DIR "/examples/01_leaky_cell.snn");
    EXPECT_FALSE(source.text.empty());
    EXPECT_TRUE(check(source).empty());
    EXPECT_EQ(error_code([] { read_source("/nowhere/net.snn"); }), "E0701");
}

TEST(ApiSource, ExplainsCodes) {
    EXPECT_NE(explain("E0701").find("E0701"), std::string::npos);
    EXPECT_EQ(explain("E9999"), "");
    EXPECT_EQ(version().find('.'), 1u);
}

}  // namespace
}  // namespace snnc::api::test
