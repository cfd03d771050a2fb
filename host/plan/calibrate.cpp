// SPDX-License-Identifier: MIT
#include "plan/calibrate.hpp"

#include <Eigen/Dense>
#include <cmath>
#include <numeric>

namespace mcullm::plan {

namespace {

// Solves a * x = b for x >= 0: leaves out the most negative unknown until none is.
auto non_negative_least_squares(const Eigen::MatrixXd& a, const Eigen::VectorXd& b) -> Eigen::VectorXd {
  std::vector<Eigen::Index> kept(static_cast<std::size_t>(a.cols()));
  std::iota(kept.begin(), kept.end(), 0);
  Eigen::VectorXd x = Eigen::VectorXd::Zero(a.cols());
  while (!kept.empty()) {
    Eigen::MatrixXd part(a.rows(), static_cast<Eigen::Index>(kept.size()));
    for (std::size_t i = 0; i < kept.size(); ++i) part.col(static_cast<Eigen::Index>(i)) = a.col(kept[i]);
    const Eigen::VectorXd solved = part.completeOrthogonalDecomposition().solve(b);
    Eigen::Index least = 0;
    if (solved.minCoeff(&least) >= 0) {
      for (std::size_t i = 0; i < kept.size(); ++i) x[kept[i]] = solved[static_cast<Eigen::Index>(i)];
      break;
    }
    kept.erase(kept.begin() + least);
  }
  return x;
}

// Three digits say all that a fit knows.
auto rounded(double value) -> double {
  if (value <= 0) return 0;
  const double unit = std::pow(10.0, std::floor(std::log10(value)) - 2);
  return std::round(value / unit) * unit;
}

auto fit(Work work, const std::vector<const ProfiledToken*>& tokens) -> std::vector<double> {
  const auto columns = counts(work, *tokens.front()).size();
  Eigen::MatrixXd a(static_cast<Eigen::Index>(tokens.size()), static_cast<Eigen::Index>(columns));
  Eigen::VectorXd b(static_cast<Eigen::Index>(tokens.size()));
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const auto& token = *tokens[i];
    const auto row = static_cast<Eigen::Index>(i);
    const auto count = counts(work, token);
    // an error counts by its part of the token, so that large and small models weigh the same
    const double weight = 1.0 / static_cast<double>(token.ticks);
    for (std::size_t c = 0; c < columns; ++c) a(row, static_cast<Eigen::Index>(c)) = weight * count[c];
    b[row] = weight * static_cast<double>(ticks_of(work, token.by_op, token.ticks));
  }
  const auto x = non_negative_least_squares(a, b);
  std::vector<double> costs;
  for (const double value : x) costs.push_back(rounded(value));
  return costs;
}

auto error_of(const ProfiledToken& token, const std::map<std::string, std::vector<double>>& costs) -> double {
  double ticks = 0;
  for (const auto work : all_work) {
    const auto count = counts(work, token);
    for (const auto& name : cost_names(work, token.model)) {
      const auto found = costs.find(name);
      if (found == costs.end()) continue;
      ticks += std::inner_product(count.begin(), count.end(), found->second.begin(), 0.0);
      break;
    }
  }
  return std::abs(ticks / static_cast<double>(token.ticks) - 1);
}

}  // namespace

auto calibrate(const std::vector<ProfiledToken>& tokens) -> Calibration {
  Calibration result;
  for (const auto work : all_work) {
    std::map<std::string, std::vector<const ProfiledToken*>> groups;
    for (const auto& token : tokens) groups[cost_names(work, token.model).front()].push_back(&token);
    for (const auto& [name, group] : groups) result.costs[name] = fit(work, group);
  }
  for (const auto& token : tokens)
    result.worst_error = std::max(result.worst_error, error_of(token, result.costs));
  return result;
}

}  // namespace mcullm::plan
