import Foundation
import PithGraph

/// What `torch.export` writes of a network, as far as it matters: the calls, and what the graph's inputs and outputs are.
///
/// torch/_export/serde/schema.py. Names are the file's, in camel case.
struct ExportedProgram: Decodable, Sendable {
  var graphModule: Module
  var schemaVersion: Version
  var rangeConstraints: [String: Range]?
  var torchVersion: String?

  struct Version: Decodable, Sendable {
    var major: Int
    var minor: Int
  }

  /// The bounds of a symbol.
  struct Range: Decodable, Sendable {
    var minVal: Int?
    var maxVal: Int?
  }

  struct Module: Decodable, Sendable {
    var graph: Program
    var signature: Signature
  }

  struct Program: Decodable, Sendable {
    var inputs: [TorchArgument]
    var outputs: [TorchArgument]
    var nodes: [Call]
    var tensorValues: [String: TensorMeta]
    var symIntValues: [String: TorchSize]?
  }

  struct Call: Decodable, Sendable {
    var target: String
    var inputs: [Input]
    var outputs: [TorchArgument]
    var metadata: [String: String]?

    struct Input: Decodable, Sendable {
      var name: String
      var arg: TorchArgument
    }
  }

  /// A tensor's type.
  struct TensorMeta: Decodable, Sendable {
    var dtype: Int
    var sizes: [TorchSize]
    var strides: [TorchSize]?
    var storageOffset: TorchSize?

    /// How it lies in its storage; symbols have no place there.
    func layout() throws -> TorchLayout {
      func numbers(_ list: [TorchSize]) throws -> [Int] {
        try list.map {
          guard case .number(let number) = $0 else { throw GraphError("its shape is not known") }
          return number
        }
      }
      return TorchLayout(
        type: try TorchScalarType(number: dtype), sizes: try numbers(sizes),
        strides: try strides.map(numbers),
        offset: try storageOffset.map { try numbers([$0])[0] } ?? 0)
    }
  }

  struct Signature: Decodable, Sendable {
    var inputSpecs: [InputSpec]
    var outputSpecs: [OutputSpec]
  }

  struct Named: Decodable, Sendable { var name: String }

  /// What an input of the graph is: one of these is there.
  struct InputSpec: Decodable, Sendable {
    var userInput: User?
    var parameter: Parameter?
    var buffer: Buffer?
    var tensorConstant: Constant?
    var constantInput: Fixed?

    struct User: Decodable, Sendable { var arg: TorchArgument }
    struct Parameter: Decodable, Sendable {
      var arg: Named
      var parameterName: String
    }
    struct Buffer: Decodable, Sendable {
      var arg: Named
      var bufferName: String
    }
    struct Constant: Decodable, Sendable {
      var arg: Named
      var tensorConstantName: String
    }
    struct Fixed: Decodable, Sendable {
      var name: String
    }
  }

  /// What an output of the graph is: one of these is there.
  struct OutputSpec: Decodable, Sendable {
    var userOutput: User?
    var bufferMutation: Mutation?
    var parameterMutation: ParameterMutation?
    var userInputMutation: InputMutation?

    struct User: Decodable, Sendable { var arg: TorchArgument }
    struct Mutation: Decodable, Sendable { var bufferName: String }
    struct ParameterMutation: Decodable, Sendable { var parameterName: String }
    struct InputMutation: Decodable, Sendable { var userInputName: String }
  }

  /// Reads the JSON text of a program.
  /// - Throws: `GraphError` that says which part of it is wrong.
  init(json: [UInt8]) throws {
    self = try TorchJSON.decode(ExportedProgram.self, json, "the exported program")
  }

  /// The newest version of the schema that is understood, and the oldest.
  static let supportedVersions = 4...8
}

/// Reading JSON that Python wrote.
enum TorchJSON {
  /// Bytes that a JSON text in an archive may have.
  static let limit = 16 << 20
  /// Values of such a text, counted by what comes before each: they take far more memory than their text.
  static let valueLimit = 1 << 19

  /// - Throws: `GraphError` that names the place where the text is not what it should be.
  static func decode<T: Decodable>(_: T.Type, _ json: [UInt8], _ what: String) throws -> T {
    // Foundation's reader of JSON5 traps at keys that are not UTF-8.
    guard String(validating: json, as: UTF8.self) != nil else {
      throw GraphError("\(what) is damaged: it is not UTF-8 text; export the model again")
    }
    let values = json.lazy.filter {
      $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: ",")
    }
    guard values.count <= valueLimit else {
      throw GraphError("\(what) has more than \(valueLimit) values; export a smaller model")
    }
    let decoder = JSONDecoder()
    // Older versions write Python's Infinity and NaN, which JSON5 has too.
    decoder.allowsJSON5 = true
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(T.self, from: Data(json))
    } catch let error as DecodingError {
      throw GraphError("\(what) is damaged: \(reason(error)); export the model again")
    } catch {
      throw GraphError("\(what) is not readable as JSON; export the model again")
    }
  }

  private static func reason(_ error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
      return path.isEmpty ? "it" : "'\(path.joined(separator: ".").printable(limit: 120))'"
    }
    switch error {
    case .keyNotFound(let key, let context): return "\(place(context)) lacks '\(key.stringValue)'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context):
      return "\(place(context)) is of another kind than expected"
    case .dataCorrupted(let context):
      return "\(place(context)): \(context.debugDescription.printable(limit: 120))"
    @unknown default: return "it does not fit the schema"
    }
  }
}
