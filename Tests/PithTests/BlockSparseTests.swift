import Foundation
import Pith
import PithTestSupport
import Testing

/// A network whose weights lack most blocks of 16 outputs by 4 inputs, from ONNX to what `compress` tells of it.
@Suite struct BlockSparseTests {
  /// Writes the dense network with the weakest three quarters of the blocks of its two large layers zero.
  private func prune(to path: String) throws {
    var graph = try ONNXImporter.read(path: Networks.path("dense"))
    for node in graph.nodes {
      guard (node.op as? Gemm)?.transposesB == true, let id = node.inputs[1],
        let weights = graph[id].constant, let floats = weights.floats, weights.shape[0] % 16 == 0
      else { continue }
      let (rows, columns) = (weights.shape[0], weights.shape[1])
      let blocks = rows / 16 * columns / 4
      func elements(_ block: Int) -> [Int] {
        let (row, column) = (block / (columns / 4) * 16, block % (columns / 4) * 4)
        return (0..<64).map { (row + $0 / 4) * columns + column + $0 % 4 }
      }
      let norms = (0..<blocks).map { elements($0).reduce(Float(0)) { $0 + floats[$1] * floats[$1] } }
      var values = floats
      for block in (0..<blocks).sorted(by: { norms[$0] < norms[$1] }).prefix(blocks * 3 / 4) {
        for element in elements(block) { values[element] = 0 }
      }
      graph.update(id) { $0.constant = Tensor(shape: weights.shape, floats: values) }
    }
    try ONNXExporter.write(graph, to: path)
  }

  @Test func theFileShrinksWithItsBlocksAndInspectShowsThem() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("pruned.onnx")
    try prune(to: model)
    func quantize(_ model: String, _ options: [String] = []) throws -> (path: String, report: [String: Any]) {
      let path = folder.path("out\(options.last ?? "").pith")
      let result = try CompressCommand.run(
        [
          "quantize", model, "--calibrate", Networks.calibrationImages, "--samples", "64", "--json", "-o",
          path,
        ]
          + options)
      #expect(result.status == 0, "\(result.error)")
      return (path, try result.object())
    }
    func size(_ path: String) throws -> Int { try Data(contentsOf: URL(filePath: path)).count }
    let dense = try size(try quantize(Networks.path("dense")).path)
    let (path, report) = try quantize(model)
    // 233,472 bytes of weights in the two layers to a quarter and 2 bytes a block.
    #expect(try dense - size(path) > 170_000)
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.compactMap { $0["weightDensity"] as? Double } == [0.25, 0.25])

    let inspected = try CompressCommand.run(["inspect", path, "--json"]).object()
    let instructions = try #require(inspected["instructions"] as? [[String: Any]])
    let sparse = instructions.filter { $0["opcode"] as? String == "conv_sparse" }
    #expect(sparse.compactMap { $0["weightDensity"] as? Double } == [0.25, 0.25])
    #expect(sparse.compactMap { $0["weightBytes"] as? Int } == [256 * 784 / 4, 128 * 256 / 4])
    let text = try CompressCommand.run(["inspect", path]).output
    #expect(text.contains("conv_sparse") && text.contains("25"))

    let small = try quantize(model, ["--prefer", "size"]).path
    #expect(try size(small) <= size(path))
    let wrong = try CompressCommand.run(
      ["quantize", model, "--calibrate", Networks.calibrationImages, "--prefer", "beauty", "-o", path])
    #expect(wrong.status == 64 && wrong.error.contains("beauty"))
  }
}
