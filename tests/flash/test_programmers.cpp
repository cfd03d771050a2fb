// SPDX-License-Identifier: MIT
// Agents by UF2 volume and by dfu-util or openocd; the volume is a folder, the tools are scripts.
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/file.hpp"
#include "boards/board_register.hpp"
#include "flash/dfu.hpp"
#include "flash/uf2.hpp"
#include "flash/uf2_volume.hpp"
#include "flash/volume.hpp"

using namespace mcullm;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

auto known(const char* id) -> boards::Board {
  const auto boards = boards::load_register("");
  REQUIRE(boards);
  const auto board = boards::require_board(*boards, id);
  REQUIRE(board);
  return *board;
}

auto text_of(const fs::path& path) -> std::string {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

auto bytes_of(std::size_t count, int first) -> std::vector<std::byte> {
  std::vector<std::byte> bytes;
  for (std::size_t i = 0; i < count; ++i)
    bytes.push_back(static_cast<std::byte>(first + static_cast<int>(i)));
  return bytes;
}

// A folder with an agent, a volume, and programs that come first in PATH.
class Desk {
 public:
  Desk() : folder_(fs::temp_directory_path() / ("mcullm-test-programmers-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_ / "volume");
    fs::create_directories(folder_ / "bin");
    path_ = std::getenv("PATH");
    ::setenv("PATH", (folder_ / "bin").c_str(), 1);
  }
  ~Desk() {
    ::setenv("PATH", path_.c_str(), 1);
    fs::remove_all(folder_);
  }

  auto operator/(const char* name) const -> fs::path { return folder_ / name; }

  // A tool that writes down what it was called with.
  void install(const std::string& tool, const std::string& says, int exit_code) const {
    std::ofstream(folder_ / "bin" / tool) << "#!/bin/sh\necho \"$0 $*\" >> " << (folder_ / "calls").string()
                                          << "\necho '" << says << "'\nexit " << exit_code << "\n";
    fs::permissions(folder_ / "bin" / tool, fs::perms::owner_all);
  }
  auto calls() const -> std::string { return text_of(folder_ / "calls"); }

  void write_agent(flash::Uf2Family family, std::size_t bytes) const {
    const auto file = flash::write_uf2({family, {{0x10000000, bytes_of(bytes, 7)}}});
    REQUIRE(file);
    REQUIRE(write_file(folder_ / "agent", *file));
  }

 private:
  fs::path folder_;
  std::string path_;
};

auto pico_job(const Desk& desk) -> flash::AgentJob {
  flash::AgentJob job;
  job.board = known("pico");
  job.agent = desk / "agent";
  job.volume = desk / "volume";
  return job;
}

auto stm_job(const Desk& desk, std::size_t image_bytes) -> flash::AgentJob {
  REQUIRE(write_file(desk / "agent", bytes_of(5000, 1)));
  flash::AgentJob job;
  job.board = known("stm32f405");
  job.agent = desk / "agent";
  job.image = bytes_of(image_bytes, 2);
  job.image_file = desk / "model.mcm";
  return job;
}

}  // namespace

TEST_CASE("uf2: agent and model arrive on the volume, each at its address", "[flash]") {
  const Desk desk;
  desk.write_agent(flash::Uf2Family::rp2040, 1000);
  std::ofstream(desk / "volume/INFO_UF2.TXT")
      << "UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: RPI-RP2\r\n";
  auto job = pico_job(desk);
  job.image = bytes_of(700, 3);
  const auto plan = flash::plan_uf2(job);
  REQUIRE(plan);
  REQUIRE(plan->pieces.size() == 2);
  CHECK(plan->pieces[1].address == 0x10020000);
  CHECK(plan->pieces[1].bytes == 700);
  CHECK(plan->seconds > 0);

  REQUIRE(flash::program_by_uf2(job, no_progress));
  const auto file = read_file(desk / "volume/mcullm.uf2");
  REQUIRE(file);
  const auto image = flash::read_uf2(*file);
  REQUIRE(image);
  CHECK(image->family == flash::Uf2Family::rp2040);
  REQUIRE(image->pieces.size() == 2);
  CHECK(image->pieces[0].address == 0x10000000);
  CHECK(image->pieces[1].address == 0x10020000);
  CHECK(std::equal(job.image.begin(), job.image.end(), image->pieces[1].bytes.begin()));
}

TEST_CASE("uf2: a volume of another chip, or none at all, is refused", "[flash]") {
  const Desk desk;
  desk.write_agent(flash::Uf2Family::rp2040, 1000);
  const auto job = pico_job(desk);
  const auto no_info = flash::program_by_uf2(job, no_progress);
  REQUIRE_FALSE(no_info);
  CHECK(no_info.error().exit == Exit::refused);
  CHECK_THAT(no_info.error().hint, Contains("hold BOOTSEL"));

  std::ofstream(desk / "volume/INFO_UF2.TXT") << "Board-ID: RP2350\r\n";
  const auto other = flash::program_by_uf2(job, no_progress);
  REQUIRE_FALSE(other);
  CHECK(other.error().exit == Exit::refused);
  CHECK_THAT(other.error().what, Contains("the volume of RP2350"));
  CHECK_FALSE(fs::exists(desk / "volume/mcullm.uf2"));

  auto nowhere = job;
  nowhere.volume.clear();
  nowhere.board.flashing.label = "MCULLM-TEST-NO-SUCH-VOLUME";
  const auto missing = flash::program_by_uf2(nowhere, no_progress);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().exit == Exit::no_device);
  CHECK_THAT(missing.error().hint, Contains("BOOTSEL"));
}

TEST_CASE("uf2: an agent of another family, and models without room, are refused", "[flash]") {
  const Desk desk;
  desk.write_agent(flash::Uf2Family::rp2350_arm, 1000);
  const auto wrong = flash::plan_uf2(pico_job(desk));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().exit == Exit::input);
  CHECK_THAT(wrong.error().what, Contains("e48bff59"));

  desk.write_agent(flash::Uf2Family::rp2040, 0x20100);
  auto job = pico_job(desk);
  job.image = bytes_of(10, 3);
  CHECK_THAT(flash::plan_uf2(job).error().what, Contains("reaches into the place of the model"));

  desk.write_agent(flash::Uf2Family::rp2040, 1000);
  job.image = bytes_of(2 << 20, 3);
  const auto large = flash::plan_uf2(job);
  REQUIRE_FALSE(large);
  CHECK(large.error().exit == Exit::refused);
}

TEST_CASE("dfu: dfu-util writes the model first and starts the agent last", "[flash]") {
  const Desk desk;
  desk.install("dfu-util", "File downloaded successfully", 0);
  const auto job = stm_job(desk, 3000);
  const auto plan = flash::plan_dfu(job);
  REQUIRE(plan);
  CHECK(plan->bytes == 8000);
  CHECK(plan->commands.size() == 2);
  REQUIRE(flash::program_by_dfu(job, no_progress));
  const auto calls = desk.calls();
  const auto model = calls.find("-s 0x08020000 -D " + (desk / "model.mcm").string());
  const auto agent = calls.find("-s 0x08000000:leave -D " + (desk / "agent").string());
  REQUIRE(model != std::string::npos);
  REQUIRE(agent != std::string::npos);
  CHECK(model < agent);
}

TEST_CASE("dfu: openocd writes and compares in one run", "[flash]") {
  const Desk desk;
  desk.install("openocd", "** Verified OK **", 0);
  REQUIRE(flash::program_by_dfu(stm_job(desk, 3000), no_progress));
  CHECK_THAT(desk.calls(), Contains("target/stm32f4x.cfg") && Contains("0x08020000 verify") &&
                               Contains("0x08000000 verify reset exit"));
}

TEST_CASE("dfu: each way to fail has its words", "[flash]") {
  struct Failure {
    const char* tool;
    const char* says;
    Exit exit;
    const char* hint;
  };
  const auto failure =
      GENERATE(Failure{"dfu-util", "dfu-util: No DFU capable USB device available", Exit::no_device, "BOOT0"},
               Failure{"dfu-util", "dfu-util: Cannot open DFU device 0483:df11", Exit::no_device, "udev"},
               Failure{"openocd", "Error: open failed", Exit::no_device, "dfu-util"},
               Failure{"openocd", "** Verify Failed **", Exit::mismatch, "once more"},
               Failure{"openocd", "Error: the moon is full", Exit::link, "-v flash"});
  const Desk desk;
  desk.install(failure.tool, failure.says, 1);
  const auto done = flash::program_by_dfu(stm_job(desk, 0), no_progress);
  REQUIRE_FALSE(done);
  CAPTURE(failure.says, done.error().what);
  CHECK(done.error().exit == failure.exit);
  CHECK_THAT(done.error().hint, Contains(failure.hint));
}

TEST_CASE("dfu: a missing tool is named with its package", "[flash]") {
  const Desk desk;
  const auto none = flash::plan_dfu(stm_job(desk, 0));
  REQUIRE_FALSE(none);
  CHECK(none.error().exit == Exit::no_device);
  CHECK_THAT(none.error().hint, Contains("apt-get install dfu-util"));
  desk.install("dfu-util", "", 0);
  auto job = stm_job(desk, 0);
  job.tool = "openocd";
  CHECK_THAT(flash::plan_dfu(job).error().hint, Contains("apt-get install openocd"));
  job.tool = "";
  job.image = bytes_of(1 << 20, 0);
  CHECK(flash::plan_dfu(job).error().exit == Exit::refused);
}

TEST_CASE("uf2: volumes that wait are found by their labels, mounted or not", "[flash]") {
  const Desk desk;
  const auto known = boards::load_register("");
  REQUIRE(known);
  CHECK(flash::find_boot_volumes(*known, desk / "labels", desk / "mounts").empty());
  fs::create_directories(desk / "labels");
  std::ofstream(desk / "sdx1") << "a disk";
  std::ofstream(desk / "sdy1") << "another";
  fs::create_symlink("../sdx1", desk / "labels/RPI-RP2");
  fs::create_symlink("../sdy1", desk / "labels/RP2350");
  fs::create_symlink("../sdy1", desk / "labels/BACKUP");
  std::ofstream(desk / "mounts") << "/dev/sda1 / ext4 rw 0 0\n"
                                 << (desk / "sdy1").string() << " /media/my\\040desk/RP2350 vfat rw 0 0\n";
  const auto volumes = flash::find_boot_volumes(*known, desk / "labels", desk / "mounts");
  REQUIRE(volumes.size() == 2);
  CHECK(volumes[0].board == "pico");
  CHECK(volumes[0].label == "RPI-RP2");
  CHECK(volumes[0].device == fs::canonical(desk / "sdx1"));
  CHECK(volumes[0].mounted.empty());
  CHECK(volumes[1].board == "pico2");
  CHECK(volumes[1].mounted == "/media/my desk/RP2350");
}
