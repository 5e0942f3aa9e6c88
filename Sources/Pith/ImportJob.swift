import Foundation

/// `compress import`: a model file of any format that Pith reads, as an ONNX file.
public enum ImportJob {
  /// What the user asked for.
  public struct Request {
    /// A model, or only the network where `weightsPath` gives the weights.
    public var modelPath: String
    /// A `.safetensors` file, or a `.pt` or `.pth` file with a state dict, for a PyTorch program.
    public var weightsPath: String?
    /// Sizes for the axes of inputs, by the inputs' names.
    public var shapes: [String: [Int]]
    public var outputPath: String

    public init(
      modelPath: String, weightsPath: String? = nil, shapes: [String: [Int]] = [:], outputPath: String
    ) {
      self.modelPath = modelPath
      self.weightsPath = weightsPath
      self.shapes = shapes
      self.outputPath = outputPath
    }
  }

  /// Reads the model and writes it.
  /// - Returns: what is in the file that was written.
  /// - Throws: one sentence; then nothing has been written.
  public static func run(_ request: Request) throws -> InspectionReport {
    let name = (request.modelPath as NSString).lastPathComponent
    var graph: Graph
    if let weights = request.weightsPath {
      let format = ModelImporter.formatName(path: request.modelPath)
      let isONNX = name.hasSuffix(".onnx") && FileManager.default.fileExists(atPath: request.modelPath)
      guard format == "pytorch" || format == "onnx" && !isONNX else {
        throw PithFailure(
          "\(name): --architecture takes a PyTorch program (.pt2), but this is \(format); name the model alone"
        )
      }
      graph = try PyTorchImporter.read(path: request.modelPath, weights: weights)
    } else {
      guard case .graph(let read) = try LoadedModel(path: request.modelPath) else {
        throw PithFailure(
          "\(name): is a .pith file, which is compiled already; name the model that it was made from")
      }
      graph = read
    }
    if !request.shapes.isEmpty {
      do {
        graph = try graph.specialized(inputShapes: request.shapes)
      } catch let error as GraphError {
        throw PithFailure("\(name): with the sizes of --input: \(error)")
      }
    }
    try ONNXExporter.write(graph, to: request.outputPath)
    return try InspectionJob.run(path: request.outputPath)
  }
}
