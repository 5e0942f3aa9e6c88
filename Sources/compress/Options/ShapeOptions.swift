import ArgumentParser

/// Shapes for a model whose file leaves sizes open, for every command that needs to know them.
struct ShapeOptions: ParsableArguments {
  @Option(
    name: .customLong("input"),
    help: ArgumentHelp(
      "The shape of an input whose axes have names instead of sizes; may be repeated.",
      valueName: "name=1x3x224x224"))
  var inputs: [InputShape] = []

  func validate() throws { try InputShape.check(inputs) }

  /// The shapes by the inputs' names.
  var shapes: [String: [Int]] { InputShape.byName(inputs) }
}

/// An input with its shape, as in `image=1x3x224x224`.
struct InputShape: ExpressibleByArgument, Equatable {
  let name: String
  let shape: [Int]

  init?(argument: String) {
    // The name may have anything in it, so that the last sign counts.
    guard let sign = argument.lastIndex(of: "="), sign != argument.startIndex else { return nil }
    let sizes = argument[argument.index(after: sign)...].split(
      separator: "x", omittingEmptySubsequences: false)
    let numbers = sizes.compactMap { Int($0) }.filter { $0 > 0 }
    guard numbers.count == sizes.count, numbers.count <= 32 else { return nil }
    (name, shape) = (String(argument[..<sign]), numbers)
  }

  /// - Throws: `ValidationError` where an input is named twice.
  static func check(_ inputs: [InputShape]) throws {
    guard Set(inputs.map(\.name)).count == inputs.count else {
      throw ValidationError("--input names an input twice")
    }
  }

  static func byName(_ inputs: [InputShape]) -> [String: [Int]] {
    Dictionary(inputs.map { ($0.name, $0.shape) }, uniquingKeysWith: { _, last in last })
  }
}
