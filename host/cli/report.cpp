// SPDX-License-Identifier: MIT
// mcullm report: everything that a bug report needs, in one file.
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/file.hpp"
#include "base/run_program.hpp"
#include "cli/command.hpp"
#include "cli/program/shell_quoted.hpp"
#include "cli/replay/recorded_command.hpp"
#include "proto/frame.h"
#include "proto/image.h"
#include "report/tar_gz.hpp"
#include "trace/describe.hpp"
#include "ui/quantity.hpp"

namespace mcullm::cli {
namespace {

namespace fs = std::filesystem;

struct ReportOptions {
  std::string trace, out;
  std::vector<std::string> command;
  bool json = false;
};

struct Part {
  report::Entry entry;
  std::string meaning;
};

auto replaced(std::string text, const std::string& what, const std::string& by) -> std::string {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

// The home folder carries a person's name.
auto without_home(std::string text) -> std::string {
  const char* home = std::getenv("HOME");
  if (home == nullptr || std::string_view(home).size() < 2) return text;
  return replaced(std::move(text), home, "~");
}

auto system_name() -> std::string {
  std::ifstream release("/etc/os-release");
  for (std::string line; std::getline(release, line);)
    if (line.starts_with("PRETTY_NAME=")) return replaced(line.substr(12), "\"", "");
  return "unknown";
}

auto versions() -> std::string {
  utsname kernel{};
  ::uname(&kernel);
  std::string text = fmt::format(
      "mcullm {}\narithmetic {}, image format {}, wire {}\ncompiler {}\nfmt {}, CLI11 {}, JSON {}.{}.{}\n"
      "system {}\nkernel {} {} {}\nprocessors {}\n",
      MCULLM_VERSION, int{MCL_ARITHMETIC_VERSION}, int{MCL_IMAGE_VERSION}, int{MCL_WIRE_VERSION}, __VERSION__,
      FMT_VERSION, CLI11_VERSION, NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR,
      NLOHMANN_JSON_VERSION_PATCH, system_name(), kernel.sysname, kernel.release, kernel.machine,
      ::sysconf(_SC_NPROCESSORS_ONLN));
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view assignment = *variable;
    if (assignment.starts_with("MCULLM_") || assignment.starts_with("TERM=") ||
        assignment.starts_with("LANG="))
      text += fmt::format("{}\n", assignment);
  }
  return text;
}

auto conversation_text(const std::string& trace, const std::string& name) -> std::string {
  const auto recording = trace::parse_recording(trace, name);
  if (!recording) return recording.error().what + '\n';
  std::string text;
  for (const auto& line : recording->lines) {
    text += fmt::format("line {}{}\n", line.name, line.closed ? "" : " (cut off)");
    for (const auto& piece : trace::pieces_of(line)) text += trace::describe_piece(piece) + '\n';
  }
  return text + "replay it with: " + replay_command(*recording, "conversation.trace") + '\n';
}

// The recording as a file: the one that was given, or that of the command that is run.
class TraceFile {
 public:
  explicit TraceFile(std::string given) : path_(std::move(given)) {
    if (!path_.empty()) return;
    path_ = (fs::temp_directory_path() / "mcullm-report-XXXXXX").string();
    const int fd = ::mkstemp(path_.data());
    if (fd >= 0) ::close(fd);
    own_ = true;
  }
  ~TraceFile() {
    std::error_code ignored;
    if (own_) fs::remove(path_, ignored);
  }
  TraceFile(const TraceFile&) = delete;
  auto operator=(const TraceFile&) -> TraceFile& = delete;
  auto path() const -> const std::string& { return path_; }

 private:
  std::string path_;
  bool own_ = false;
};

auto own_program() -> std::string {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).string();
}

// Says what another program says, line by line.
class Echo {
 public:
  explicit Echo(ui::Console& console) : console_(console) {}
  ~Echo() {
    if (!rest_.empty()) console_.note(rest_);
  }
  Echo(const Echo&) = delete;
  auto operator=(const Echo&) -> Echo& = delete;

  void operator()(std::string_view text) {
    rest_ += text;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
      console_.note(rest_.substr(0, end));
      rest_.erase(0, end + 1);
    }
  }

 private:
  ui::Console& console_;
  std::string rest_;
};

auto command_part(const ReportOptions& options, const std::string& trace, CommandContext& context)
    -> Result<Part> {
  std::vector<std::string> words = {own_program(), "--trace", trace};
  words.insert(words.end(), options.command.begin(), options.command.end());
  Echo echo(context.console);
  const auto ran = run_program(
      words, [&](std::string_view text) { echo(text); }, &context.interrupted);
  if (!ran) return ran.error();
  std::string line = "mcullm";
  for (const auto& word : options.command) line += ' ' + shell_quoted(word);
  return Part{{"command.txt",
               without_home(fmt::format("$ {}\n{}\nexit code {}\n", line, ran->output, ran->exit_code))},
              "the command, what it said, and its exit code"};
}

// What other commands say about this computer and its boards.
auto said_by(const std::string& command, const std::string& name, const std::string& meaning)
    -> Result<Part> {
  const auto ran = run_program({own_program(), command});
  if (!ran) return ran.error();
  return Part{{name, without_home(ran->output)}, meaning};
}

auto has_command(const CLI::App& app, const std::string& name) -> bool {
  return std::ranges::any_of(app.get_subcommands({}),
                             [&](const auto* command) { return command->get_name() == name; });
}

auto collect(const ReportOptions& options, const CLI::App& app, CommandContext& context)
    -> Result<std::vector<Part>> {
  std::vector<Part> parts = {{{"versions.txt", without_home(versions())},
                              "versions of mcullm, libraries and system; MCULLM_* variables"}};
  const TraceFile trace(options.trace);
  if (!options.command.empty()) {
    auto part = command_part(options, trace.path(), context);
    if (!part) return part.error();
    parts.push_back(std::move(*part));
  }
  if (!options.command.empty() || !options.trace.empty()) {
    const auto bytes = read_file(trace.path());
    if (!bytes) return bytes.error();
    const auto text = without_home({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    parts.push_back({{"conversation.trace", text},
                     "every byte to and from the board: prompts and answers as tokens, an uploaded model"});
    parts.push_back(
        {{"conversation.txt", conversation_text(text, "conversation.trace")}, "the same in words"});
  }
  const struct {
    const char *command, *name, *meaning;
  } others[] = {{"doctor", "doctor.txt", "what mcullm doctor finds: ports, permissions, programs"},
                {"list", "list.txt", "serial ports, with their USB names and numbers"}};
  for (const auto& other : others) {
    if (!has_command(app, other.command)) continue;
    auto part = said_by(other.command, other.name, other.meaning);
    if (!part) return part.error();
    parts.push_back(std::move(*part));
  }
  return parts;
}

auto run_report(const ReportOptions& options, const CLI::App& app, CommandContext& context) -> Result<Ok> {
  auto& console = context.console;
  if (!options.trace.empty() && !options.command.empty())
    return Error{Exit::usage, "report: a recording and a command", "with a command, its own recording goes in"};
  const auto parts = collect(options, app, context);
  if (!parts) return parts.error();
  std::vector<report::Entry> entries;
  for (const auto& part : *parts) entries.push_back(part.entry);
  const auto now = std::time(nullptr);
  const auto packed = report::make_tar_gz(entries, now);
  if (!packed) return packed.error();
  std::tm local{};
  ::localtime_r(&now, &local);
  char stamp[64];
  std::strftime(stamp, sizeof stamp, "mcullm-report-%Y%m%d-%H%M%S.tar.gz", &local);
  const std::string out = options.out.empty() ? stamp : options.out;
  if (auto written = write_file(out, *packed); !written) return written.error();

  if (options.json) {
    nlohmann::ordered_json files = nlohmann::ordered_json::array();
    for (const auto& part : *parts)
      files.push_back(
          {{"name", part.entry.name}, {"bytes", part.entry.content.size()}, {"meaning", part.meaning}});
    console.print_json("report", {{"file", out}, {"bytes", packed->size()}, {"contents", std::move(files)}});
    return Ok{};
  }
  ui::Table table({{"in the report"}, {"size", ui::Align::right}, {"what it is"}});
  for (const auto& part : *parts)
    table.add_row(
        {part.entry.name, ui::bytes_text(static_cast<double>(part.entry.content.size())), part.meaning});
  console.note_table(table);
  console.note(
      fmt::format("nothing was sent anywhere. Look at it (tar xzf {}), take out what is nobody's business,\n"
                  "and attach it to the bug report.",
                  shell_quoted(out)));
  console.print_line(out);
  return Ok{};
}

constexpr auto footer =
    R"(With a command it runs that command, recorded, and packs what it said; without one it packs what is known
about this computer and a recording that you have. The home folder becomes ~, everything else is as it was:
what goes in is listed, and nothing is sent anywhere.

Examples:
  mcullm report chat --port /dev/ttyUSB0 model.mcm -p "Once"    run it again, recorded, and pack
  mcullm report --trace bug.trace -o bug.tar.gz                  pack a recording
  mcullm replay bug.trace                                        what is in a recording)";

}  // namespace

void add_report_command(CLI::App& app, CommandContext& context) {
  auto options = std::make_shared<ReportOptions>();
  auto* command = app.add_subcommand("report", "Pack what a bug report needs into one file");
  command->group(group::more);
  command->footer(footer);
  command->add_option("--trace", options->trace, "A recording to put in")
      ->type_name("FILE")
      ->check(CLI::ExistingFile);
  command->add_option("-o,--output", options->out, "The archive; default: mcullm-report-DATE.tar.gz")
      ->type_name("FILE");
  command->add_flag("--json", options->json, "Print JSON on stdout");
  command->prefix_command()->fallthrough(false);  // all that follows belongs to the command that is run
  command->callback([&app, &context, command, options] {
    options->command = command->remaining();
    if (!options->command.empty() && options->command.front() == "--")
      options->command.erase(options->command.begin());
    context.chosen = [&app, &context, options] { return run_report(*options, app, context); };
  });
}

}  // namespace mcullm::cli
