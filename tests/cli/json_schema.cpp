// SPDX-License-Identifier: MIT
#include "json_schema.hpp"

#include <set>

namespace mcullm::tests {
namespace {

using nlohmann::json;

auto has_type(const json& value, const std::string& type) -> bool {
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  if (type == "object") return value.is_object();
  return type == "null" && value.is_null();
}

class Validator {
 public:
  explicit Validator(const json& root) : root_(root) {}

  void check(const json& schema, const json& value, const std::string& place) {
    static const std::set<std::string> known = {"$schema", "$id",   "title",   "description", "type",
                                                "const",   "enum",  "minimum", "properties",  "required",
                                                "items",   "$defs", "$ref"};
    for (const auto& [keyword, unused] : schema.items())
      if (!known.contains(keyword))
        found.push_back(place + ": the schema has the unknown keyword " + keyword);
    if (schema.contains("$ref")) {
      const auto target = schema["$ref"].get<std::string>().substr(1);  // without '#'
      check(root_.at(json::json_pointer(target)), value, place);
    }
    if (schema.contains("type")) check_type(schema["type"], value, place);
    if (schema.contains("const") && value != schema["const"])
      found.push_back(place + ": is " + value.dump() + ", not " + schema["const"].dump());
    if (schema.contains("enum") && !contains(schema["enum"], value))
      found.push_back(place + ": is " + value.dump() + ", not one of " + schema["enum"].dump());
    if (schema.contains("minimum") && value.is_number() && value < schema["minimum"])
      found.push_back(place + ": is less than " + schema["minimum"].dump());
    if (value.is_object()) check_object(schema, value, place);
    if (value.is_array() && schema.contains("items"))
      for (std::size_t i = 0; i < value.size(); ++i)
        check(schema["items"], value[i], place + "/" + std::to_string(i));
  }

  std::vector<std::string> found;

 private:
  static auto contains(const json& list, const json& value) -> bool {
    return std::find(list.begin(), list.end(), value) != list.end();
  }

  void check_type(const json& types, const json& value, const std::string& place) {
    const json list = types.is_array() ? types : json::array({types});
    for (const auto& type : list)
      if (has_type(value, type.get<std::string>())) return;
    found.push_back(place + ": is a " + value.type_name() + ", not " + list.dump());
  }

  void check_object(const json& schema, const json& value, const std::string& place) {
    for (const auto& name : schema.value("required", json::array()))
      if (!value.contains(name.get<std::string>())) found.push_back(place + ": lacks " + name.dump());
    const auto properties = schema.value("properties", json::object());
    for (const auto& [name, part] : properties.items())
      if (value.contains(name)) check(part, value[name], place + "/" + name);
  }

  const json& root_;
};

}  // namespace

auto violations(const json& schema, const json& value) -> std::vector<std::string> {
  Validator validator(schema);
  validator.check(schema, value, "");
  return validator.found;
}

}  // namespace mcullm::tests
