# frozen_string_literal: true

# The endpoint of the adapter {name}: it answers hello and refuses everything else. interop/README.md says how to go on.
# In another language, change language= and runtime= in the reply to hello: they say what the program runs on.

WORD = %r{\A[a-z0-9-]+=[A-Za-z0-9_./:,@+~%-]*\z}n
BAD_PERCENT = /%(?![0-9A-Fa-f]{2})/n
OPTIONAL_VERBS = %w[echo ping layout call].freeze
NEEDED_BY_OPEN = %w[channel transport role address framing].freeze
ALLOWED_BY_OPEN = NEEDED_BY_OPEN + %w[limit authkey queue size offset length lock slots]
# The smallest number that each of these may have.
NUMBERS = { "limit" => 1, "size" => 1, "length" => 1, "offset" => 0 }.freeze

def answer(line)
  # The order matters: of several refusals that apply, every endpoint gives the same one.
  verb, *words = line.split(/ /, -1)
  if line.bytesize > 262_144 || words.any? { |word| !WORD.match?(word) || BAD_PERCENT.match?(word) }
    return refusal("usage", "that is not verb key=value key=value, with one blank between words")
  end
  values = words.to_h { |word| word.split("=", 2) }.transform_values { |text| decoded(text) }
  return refusal("usage", "a key stands twice") if values.size < words.size
  return refusal("unsupported", "there is no #{verb} yet") if OPTIONAL_VERBS.include?(verb)

  if verb == "hello" && values.empty?
    runtime = encoded("Ruby #{RUBY_VERSION}")
    return "ok protocol=1 language=ruby runtime=#{runtime} transports= framings= codecs= features="
  end
  if verb == "open" && right_keys?(values.keys) && right_forms?(values)
    return refusal("unsupported", "there is no such transport yet")
  end
  return "ok" if verb == "reset" && values.empty?

  refusal("usage", "no such verb, other keys or values, or a channel that is not open")
end

def right_keys?(given) = (NEEDED_BY_OPEN - given).empty? && (given - ALLOWED_BY_OPEN).empty?

def right_forms?(values)
  /\A[a-z0-9]{1,16}\z/.match?(values["channel"]) && NUMBERS.all? do |key, smallest|
    text = values.fetch(key, "1")
    /\A(0|[1-9][0-9]{0,9})\z/.match?(text) && text.to_i.between?(smallest, 2_147_483_647)
  end
end

def decoded(text) = text.gsub(/%(..)/n) { Regexp.last_match(1).hex.chr }

def encoded(text) = text.b.gsub(%r{[^A-Za-z0-9_./:,@+~-]}n) { |byte| format("%%%02X", byte.ord) }

def refusal(kind, message) = "error kind=#{kind} message=#{encoded(message)}"

$stdin.binmode
$stdout.binmode
# Without this the reply would wait in a buffer.
$stdout.sync = true
while (line = $stdin.gets)
  # The end of the input can cut a line off: then it is not obeyed. Not chomp, which takes a CR away too.
  break unless line.end_with?("\n")

  $stdout.write("#{answer(line[0..-2])}\n")
end
