import Foundation

/// A model file, opened: the portable form as a graph, or the machine form on the runtime.
public enum LoadedModel {
  case graph(Graph)
  case program(PithModel)

  /// Opens a model by its content.
  /// - Parameter inputShapes: the shapes that inputs are to have, by their names.
  /// - Throws: one sentence that names the file: not there, of no known format, damaged, with an operator that Pith
  ///   lacks, or with inputs that cannot have these shapes.
  public init(path: String, isa: PithISA = .automatic, inputShapes: [String: [Int]] = [:]) throws {
    self =
      try LoadedModel.isProgram(path)
      ? .program(try PithModel(contentsOf: path, isa: isa)) : .graph(try ModelImporter.read(path: path))
    try fix(inputShapes, path: path)
  }

  var inputNames: [String] {
    switch self {
    case .graph(let graph): graph.inputs.map { graph[$0].name }
    case .program(let model): model.inputs.map(\.name)
    }
  }

  /// Gives inputs of a graph these shapes; a program must have them already.
  mutating func fix(_ inputShapes: [String: [Int]], path: String) throws {
    guard !inputShapes.isEmpty else { return }
    switch self {
    case .graph(let graph):
      do {
        self = .graph(try graph.specialized(inputShapes: inputShapes))
      } catch let error as GraphError {
        throw PithFailure("\(path): with the sizes of --input: \(error)")
      }
    case .program(let model):
      for (name, shape) in inputShapes.sorted(by: { $0.key < $1.key })
      where !model.inputs.contains(where: { $0.name == name && $0.shape == shape }) {
        throw PithFailure(
          "\(path) is a .pith file, whose shapes are settled, and has no input '\(name)' of shape \(shape); give --input to the command that makes it"
        )
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

extension LoadedModel {
  /// The graph of a model in the portable form, each parameter by itself (see `Graph.withOwnParameters`).
  /// - Throws: one sentence where the file cannot be read, or is quantized already.
  static func portable(path: String, inputShapes: [String: [Int]] = [:]) throws -> Graph {
    try LoadedModel(path: path, inputShapes: inputShapes).portable(path: path)
  }

  /// The same of a model that is open.
  func portable(path: String) throws -> Graph {
    guard case .graph(let graph) = self else {
      throw PithFailure(
        "\(path) is a .pith file, which is quantized and cannot be trained; name the model that it was made from"
      )
    }
    return graph.withOwnParameters()
  }
}

/// Shapes for the inputs of several networks that one command reads: each network takes those of the inputs that it has.
struct SharedInputShapes {
  private let shapes: [String: [Int]]
  private var unused: Set<String>
  private var paths: [String] = []

  init(_ shapes: [String: [Int]]) {
    self.shapes = shapes
    unused = Set(shapes.keys)
  }

  /// Opens a model in these shapes.
  mutating func open(_ path: String, isa: PithISA = .automatic) throws -> LoadedModel {
    var model = try LoadedModel(path: path, isa: isa)
    let names = Set(model.inputNames)
    try model.fix(shapes.filter { names.contains($0.key) }, path: path)
    unused.subtract(names)
    paths.append(path)
    return model
  }

  /// - Throws: one sentence naming an input that no network has.
  func checkUse() throws {
    guard let name = unused.sorted().first else { return }
    throw PithFailure("--input \(name)=…: there is no input '\(name)' in \(paths.joined(separator: " or "))")
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
