import PithGraph

/// An argument of a call in an exported program.
///
/// torch/_export/serde/schema.py, `Argument`: an object with one key, which says the kind.
enum TorchArgument: Decodable, Sendable {
  case none
  /// The name of a tensor.
  case tensor(String)
  case tensors([String])
  case optionalTensors([String?])
  case size(TorchSize)
  case sizes([TorchSize])
  case float(Double)
  case floats([Double])
  case bool(Bool)
  case bools([Bool])
  case string(String)
  case strings([String])
  case scalarType(Int)
  /// Memory formats, layouts and devices, which do not matter here.
  case placement
  /// Something that no operator here takes: a graph, an object, …
  case other(String)

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private struct Named: Decodable { var name: String }

  private struct OptionalNamed: Decodable {
    var asTensor: Named?
  }

  /// A number that Python may have written as text, since JSON has no infinities.
  private struct Number: Decodable {
    var value: Double

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        switch text {
        case "Infinity": value = .infinity
        case "-Infinity": value = -.infinity
        case "NaN": value = .nan
        default:
          throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "'\(text)' is not a number"))
        }
      } else {
        value = try container.decode(Double.self)
      }
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    guard let key = container.allKeys.first, container.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "an argument must have one key"))
    }
    switch key.stringValue {
    case "asNone": self = .none
    case "asTensor": self = .tensor(try container.decode(Named.self, forKey: key).name)
    case "asTensors": self = .tensors(try container.decode([Named].self, forKey: key).map(\.name))
    case "asOptionalTensor":
      let value = try container.decode(OptionalNamed.self, forKey: key)
      self = value.asTensor.map { .tensor($0.name) } ?? .none
    case "asOptionalTensors":
      self = .optionalTensors(
        try container.decode([OptionalNamed].self, forKey: key).map { $0.asTensor?.name })
    case "asInt": self = .size(.number(try container.decode(Int.self, forKey: key)))
    case "asInts": self = .sizes(try container.decode([Int].self, forKey: key).map { .number($0) })
    case "asSymInt": self = .size(try container.decode(TorchSize.self, forKey: key))
    case "asSymInts": self = .sizes(try container.decode([TorchSize].self, forKey: key))
    case "asFloat": self = .float(try container.decode(Number.self, forKey: key).value)
    case "asFloats": self = .floats(try container.decode([Number].self, forKey: key).map(\.value))
    case "asBool": self = .bool(try container.decode(Bool.self, forKey: key))
    case "asBools": self = .bools(try container.decode([Bool].self, forKey: key))
    case "asString": self = .string(try container.decode(String.self, forKey: key))
    case "asStrings": self = .strings(try container.decode([String].self, forKey: key))
    case "asScalarType": self = .scalarType(try container.decode(Int.self, forKey: key))
    case "asMemoryFormat", "asLayout", "asDevice": self = .placement
    default: self = .other(key.stringValue)
    }
  }

  /// What messages call it.
  var kind: String {
    switch self {
    case .none: "nothing"
    case .tensor: "a tensor"
    case .tensors, .optionalTensors: "a list of tensors"
    case .size: "an integer"
    case .sizes: "a list of integers"
    case .float: "a number"
    case .floats: "a list of numbers"
    case .bool: "a truth value"
    case .bools: "a list of truth values"
    case .string: "a string"
    case .strings: "a list of strings"
    case .scalarType: "an element type"
    case .placement: "a memory format, layout or device"
    case .other(let key): "'\(key.printable())'"
    }
  }

  /// The values whose names it refers to.
  var names: [String] {
    switch self {
    case .tensor(let name): [name]
    case .tensors(let names): names
    case .optionalTensors(let names): names.compactMap(\.self)
    default: []
    }
  }
}

/// An integer, or the name of one that follows from the inputs' shapes.
enum TorchSize: Decodable, Sendable {
  case number(Int)
  case name(String)
  /// An expression of symbols, as shapes have them.
  case expression(String)

  private struct Expression: Decodable { var exprStr: String }

  private enum Key: String, CodingKey { case asInt, asName, asExpr }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    if let number = try container.decodeIfPresent(Int.self, forKey: .asInt) {
      self = .number(number)
    } else if let expression = try container.decodeIfPresent(Expression.self, forKey: .asExpr) {
      self = .expression(expression.exprStr)
    } else {
      self = .name(try container.decode(String.self, forKey: .asName))
    }
  }
}
