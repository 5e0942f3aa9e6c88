import Foundation

/// A model file, opened: the portable form as a graph, or the machine form on the runtime.
public enum LoadedModel {
  case graph(Graph)
  case program(PithModel)

  /// Opens a model by its content.
  /// - Parameter inputShapes: the shapes that inputs of a graph are to have, by their names.
  /// - Throws: one sentence that names the file: not there, of no known format, damaged, or with an operator that Pith
  ///   lacks.
  public init(path: String, isa: PithISA = .automatic, inputShapes: [String: [Int]] = [:]) throws {
    if try LoadedModel.isProgram(path) {
      guard inputShapes.isEmpty else {
        throw PithFailure(
          "\(path) is a .pith file, whose shapes are settled; name the model that it was made from")
      }
      self = .program(try PithModel(contentsOf: path, isa: isa))
    } else {
      let graph = try ModelImporter.read(path: path)
      do {
        self = .graph(inputShapes.isEmpty ? graph : try graph.specialized(inputShapes: inputShapes))
      } catch let error as GraphError {
        throw PithFailure("\(path): \(error)")
      }
    }
  }

  /// Whether a file begins as a `.pith` file does, or at least is called so.
  static func isProgram(_ path: String) throws -> Bool {
    guard let file = FileHandle(forReadingAtPath: path) else { return path.hasSuffix(".pith") }
    defer { try? file.close() }
    let start = (try? file.read(upToCount: 4)) ?? Data()
    return start.elementsEqual("PITH".utf8) || (start.isEmpty && path.hasSuffix(".pith"))
      || path.hasSuffix(".pith")
  }

  /// What reports call the format of a model file: "onnx", "keras", "tflite", "pytorch", "savedmodel" or "pith".
  static func format(of path: String) -> String {
    if (try? isProgram(path)) == true { return "pith" }
    return ModelImporter.formatName(path: path)
  }
}

/// Sizes of files.
enum FileSize {
  static func bytes(_ path: String) -> Int {
    ModelFiles.paths(path).reduce(0) { $0 + bytes(ofFile: $1) }
  }

  private static func bytes(ofFile path: String) -> Int {
    // Follows links, as opening does.
    var status = stat()
    guard stat(path, &status) == 0 else { return 0 }
    let own = Int(status.st_size)
    // Where PyTorch's exporter keeps the weights of an ONNX file.
    return path.hasSuffix(".onnx") && stat(path + ".data", &status) == 0 ? own + Int(status.st_size) : own
  }
}
