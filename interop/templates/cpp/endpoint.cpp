// The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
// In another language, change language= and runtime= in the reply to hello: they say what the program runs on.
#include <algorithm>
#include <charconv>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

using Values = std::map<std::string, std::string, std::less<>>;

constexpr std::size_t longestLine = 262144;
constexpr std::string_view digits = "0123456789ABCDEF";
const std::set<std::string_view> optionalVerbs = {"echo", "ping", "layout", "call"};
const std::set<std::string_view> neededByOpen = {"channel", "transport", "role", "address", "framing"};
const std::set<std::string_view> othersOfOpen = {"limit", "authkey", "queue", "size", "offset", "length", "lock", "slots"};
// The smallest number that each of these may have.
const std::map<std::string_view, long> numbers = {{"limit", 1}, {"size", 1}, {"length", 1}, {"offset", 0}};

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLower(char c) { return c >= 'a' && c <= 'z'; }
bool isPlain(char c) {
  return isDigit(c) || isLower(c) || (c >= 'A' && c <= 'Z') || std::string_view("_.-/:,@+~").find(c) != std::string_view::npos;
}

std::string encoded(std::string_view text) {
  std::string made;
  for (const char c : text) {
    if (isPlain(c)) {
      made += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      made += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return made;
}

std::optional<int> digitValue(char c) {
  const auto place = digits.find(c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c);
  if (place == std::string_view::npos) return std::nullopt;
  return static_cast<int>(place);
}

std::optional<std::string> decoded(std::string_view text) {
  std::string made;
  for (std::size_t i = 0; i < text.size(); i++) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const auto high = digitValue(text[i + 1]), low = digitValue(text[i + 2]);
      if (!high || !low) return std::nullopt;
      made += static_cast<char>(*high << 4 | *low);
      i += 2;
    } else if (isPlain(text[i])) {
      made += text[i];
    } else {
      return std::nullopt;
    }
  }
  return made;
}

// The whole line, before a word of it is judged; nothing for one of another form.
std::optional<std::pair<std::string_view, Values>> parse(std::string_view line) {
  Values values;
  auto place = line.find(' ');
  const auto verb = line.substr(0, place);
  while (place != std::string_view::npos) {
    const auto next = line.find(' ', place + 1);
    const auto word = line.substr(place + 1, next == std::string_view::npos ? next : next - place - 1);
    const auto equals = word.find('=');
    const auto key = word.substr(0, equals);
    const bool isKey = std::all_of(key.begin(), key.end(), [](char c) { return isLower(c) || isDigit(c) || c == '-'; });
    if (equals == std::string_view::npos || key.empty() || !isKey) return std::nullopt;
    const auto value = decoded(word.substr(equals + 1));
    if (!value || !values.emplace(key, *value).second) return std::nullopt;
    place = next;
  }
  return std::pair{verb, std::move(values)};
}

bool isNumber(std::string_view text, long smallest) {
  long value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool hasForm = !text.empty() && isDigit(text[0]) && (text[0] != '0' || text.size() == 1);
  return hasForm && error == std::errc() && end == text.data() + text.size() && value >= smallest && value <= 2147483647;
}

// Whether `open` has the keys that it needs and no others, and their values are of the right form.
bool canOpen(const Values &values) {
  for (const auto key : neededByOpen) {
    if (!values.contains(key)) return false;
  }
  for (const auto &[key, value] : values) {
    if (!neededByOpen.contains(key) && !othersOfOpen.contains(key)) return false;
    const auto number = numbers.find(key);
    if (number != numbers.end() && !isNumber(value, number->second)) return false;
  }
  const auto &channel = values.find("channel")->second;
  return !channel.empty() && channel.size() <= 16 &&
         std::all_of(channel.begin(), channel.end(), [](char c) { return isLower(c) || isDigit(c); });
}

std::string refusal(std::string_view kind, std::string_view message) {
  return "error kind=" + std::string(kind) + " message=" + encoded(message);
}

std::string answer(std::string_view line) {
  // The order matters: of several refusals that apply, every endpoint gives the same one.
  const auto command = line.size() <= longestLine ? parse(line) : std::nullopt;
  if (!command) return refusal("usage", "that is not verb key=value key=value with one blank between words, or a key stands twice");
  const auto &[verb, values] = *command;
  if (optionalVerbs.contains(verb)) return refusal("unsupported", "there is no such verb yet");
  if (verb == "hello" && values.empty()) {
    return "ok protocol=1 language=cpp runtime=" + encoded("C++20, " __VERSION__) + " transports= framings= codecs= features=";
  }
  if (verb == "open" && canOpen(values)) return refusal("unsupported", "there is no such transport yet");
  if (verb == "reset" && values.empty()) return "ok";
  return refusal("usage", "no such verb, other keys or values, or a channel that is not open");
}

int main() {
  std::string line;
  // The end of the input can cut a line off: then it is not obeyed.
  while (std::getline(std::cin, line) && !std::cin.eof()) {
    // endl also flushes, or the reply would wait in a buffer.
    std::cout << answer(line) << std::endl;
  }
}
