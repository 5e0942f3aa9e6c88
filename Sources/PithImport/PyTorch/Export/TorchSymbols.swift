import PithGraph

/// Gives the symbols of an exported program, as `s77`, names that say which axis they are the size of.
struct TorchSymbols {
  private var names: [String: String] = [:]
  private var sizes: [String: Int] = [:]

  /// - Parameter ranges: the bounds of the symbols; one with equal bounds is a number.
  init(_ ranges: [String: ExportedProgram.Range]) {
    for (symbol, range) in ranges {
      if let low = range.minVal, low == range.maxVal { sizes[symbol] = low }
    }
  }

  /// Names the symbols of an input's shape: `batch` for the first axis of the first input that has one, else
  /// `INPUT_axisN`.
  mutating func name(_ meta: ExportedProgram.TensorMeta, input: String) {
    for (axis, size) in meta.sizes.enumerated() {
      // Only a symbol alone is named after the axis.
      guard case .expression(let text) = size, let symbol = TorchSymbols.symbol(in: text),
        names[symbol] == nil,
        sizes[symbol] == nil
      else { continue }
      let isFirst = axis == 0 && !names.values.contains("batch")
      names[symbol] = isFirst ? "batch" : "\(input)_axis\(axis)"
    }
  }

  /// A size by the names that were given.
  /// - Throws: `GraphError` where it depends on the data.
  func dimension(_ size: TorchSize) throws -> Dimension {
    switch size {
    case .number(let number): return .fixed(number)
    case .name(let name): throw GraphError("the size '\(name.printable())' is not known")
    case .expression(let text):
      return try TorchExpression.dimension(text) { symbol in
        if let size = sizes[symbol] { return .fixed(size) }
        guard let name = names[symbol] else {
          throw GraphError(
            "a shape depends on the data ('\(symbol.printable())'); Pith needs shapes that follow from the inputs' shapes"
          )
        }
        return .symbolic(name)
      }
    }
  }

  /// The symbol that an expression consists of.
  private static func symbol(in text: String) -> String? {
    var found: [String] = []
    guard
      case .symbolic("?")? = try? TorchExpression.dimension(
        text,
        symbol: {
          found.append($0)
          return .symbolic("?")
        })
    else { return nil }
    return found.first
  }
}
