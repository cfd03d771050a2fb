// SPDX-License-Identifier: MIT
// As much of JSON Schema 2020-12 as host/share/schemas uses: type, const, enum, minimum, properties,
// required, items, $defs and $ref within the file. Any other keyword is an error, so that none is written in
// vain.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mcullm::tests {

// "/ports/0/usb: is a string, not object or null", one for each violation; none when the value is valid.
auto violations(const nlohmann::json& schema, const nlohmann::json& value) -> std::vector<std::string>;

}  // namespace mcullm::tests
