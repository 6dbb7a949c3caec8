// snnc doc: pages of what a file declares, with its comments, equations and pictures.
#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <optional>

#include "driver/network_graph.h"
#include "driver/output_files.h"
#include "driver/step_response.h"
#include "driver/surrogate_picture.h"
#include "driver/trial.h"
#include "frontend/stdlib.h"
#include "pages/page.h"
#include "pictures/svg.h"
#include "runtime/atomic_file.h"

namespace snnc::driver {
namespace {

constexpr double surrogate_reach = 2;

struct DocOptions {
    std::vector<std::string> files;
    bool library = false;
    std::string out, format = "html";
};

std::string page_name(const std::string& file) {
    return std::filesystem::path(file).stem().string();
}

/// The pages of all files, by their names: of two with one name the first would be lost.
class PageNames {
 public:
    void take(const std::string& file) {
        const auto [page, is_new] = files_.emplace(page_name(file), file);
        if (!is_new)
            fail(Code::BadCommandLine,
                 fmt::format("`{}` and `{}` would have one page, `{}`", page->second, file,
                             page->first),
                 {}, {"a page has the name of its file; `--out` may say a folder for each"});
    }

 private:
    std::map<std::string, std::string> files_;
};

/// One file's page.
class DocPage {
 public:
    /// `text` is what cells of the page are tried out with: the file's, or nothing for the library,
    /// which everyone has.
    DocPage(const DocOptions& options, std::string file, std::string text)
        : options_(options),
          file_(std::move(file)),
          text_(std::move(text)),
          title_(page_name(file_)),
          notation_(options.format == "html" ? pages::mathml() : pages::latex()) {}

    void write(const SourceManager& sources, const frontend::Program& program) const {
        pages::Page page = pages::document(sources, program, title_, *notation_);
        for (pages::Section& section : page.sections) add_picture(section);
        const bool html = options_.format == "html";
        runtime::write_atomically(
            fmt::format("{}/{}.{}", options_.out, title_, html ? "html" : "md"),
            html ? pages::html(page) : pages::markdown(page));
    }

 private:
    void add_picture(pages::Section& section) const {
        if (section.kind == "neuron") {
            if (auto response = step_response(file_, text_, section.name))
                put(response->figure, response->caption, section);
        } else if (section.kind == "surrogate") {
            draw_surrogate(section);
        } else if (section.kind == "network") {
            draw_network(section);
        }
    }

    void draw_surrogate(pages::Section& section) const {
        const auto figure = on_trial([&](Session& session) {
            return surrogate_picture(session, file_, text_, {section.name}, surrogate_reach);
        });
        if (figure) put(*figure, "The surrogate below the spike that it stands for", section);
    }

    /// A network that is only a layer of others has shapes that they give it, and no picture.
    void draw_network(pages::Section& section) const {
        const auto figure = on_trial([&](Session& session) {
            const frontend::Module module = module_of_text(session, file_, text_);
            frontend::Request request;
            request.network = section.name;
            const ir::Network network = make_network(session, module, request);
            pictures::Panel panel;
            panel.marks = {network_graph(session.sources, module, network)};
            return pictures::Figure{"", {std::move(panel)}, false};
        });
        if (figure) put(*figure, "Inputs, layers and populations", section);
    }

    /// Inside of an HTML page, beside a Markdown one.
    void put(const pictures::Figure& figure, const std::string& caption,
             pages::Section& section) const {
        const std::string svg = pictures::to_svg(figure);
        section.caption = caption;
        section.picture = svg;
        if (options_.format == "html") return;
        // A neuron and a surrogate may have one name.
        section.picture = fmt::format("{}-{}-{}.svg", title_, section.kind, section.name);
        runtime::write_atomically(options_.out + "/" + section.picture, svg);
    }

    const DocOptions& options_;
    std::string file_, text_, title_;
    std::unique_ptr<pages::Notation> notation_;
};

int doc(Session& session, const DocOptions& options) {
    if (options.files.empty() && !options.library)
        fail(Code::BadCommandLine, "say which FILE, or `--library`");
    PageNames names;
    for (const std::string& file : options.files) names.take(file);
    std::optional<frontend::Module> library;
    if (options.library) {
        library = frontend::load_text(session.sources, "", "", session.diagnostics);
        session.stop_on_errors();
        for (const frontend::Program* program : library->library)
            names.take(session.sources.file(program->file).name());
    }
    make_folder(options.out);
    for (const std::string& file : options.files) {
        const frontend::Module module = load_module(session, file);
        frontend::check(session.sources, module, session.diagnostics);
        session.stop_on_errors();
        DocPage(options, file, runtime::read_file(file)).write(session.sources, *module.main);
    }
    if (!library) return Done;
    for (const frontend::Program* program : library->library)
        DocPage(options, session.sources.file(program->file).name(), "")
            .write(session.sources, *program);
    return Done;
}

}  // namespace

void add_doc(Tool& tool) {
    auto* verb = add_verb(tool, "doc", "Pages of documentation comments, equations and pictures",
                          {"doc cells.snn --out pages", "doc --library --out pages",
                           "doc cells.snn net.snn --out pages --format markdown"});
    auto options = std::make_shared<DocOptions>();
    verb->add_option("FILE", options->files, "the .snn files, a page for each");
    verb->add_flag("--library", options->library, "the pages of the standard library");
    verb->add_option("--out", options->out, "folder for the pages")->required();
    verb->add_option("--format", options->format,
                     "html (default; each page stands alone) or markdown (formulas as LaTeX)")
        ->check(CLI::IsMember({"html", "markdown"}));
    verb->callback([&tool, options] {
        tool.action = [options](Session& session) { return doc(session, *options); };
    });
}

}  // namespace snnc::driver
