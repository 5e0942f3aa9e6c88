import Foundation
import Pith
import PithTestSupport
import Testing

/// Networks that read numbers of tokens, as integers.
@Suite struct TokenTests {
  /// An embedding of 12 tokens, the mean over the steps, and classes.
  private func model(_ element: ElementType, in folder: TemporaryFolder) throws -> String {
    var random = SeededRandom(seed: 9)
    var graph = Graph(name: "tokens")
    func weights(_ name: String, _ shape: [Int]) -> ValueID {
      graph.addConstant(name, Tensor(shape: shape, floats: random.floats(shape.reduce(1, *))))
    }
    let x = graph.addInput("tokens", ValueType(element, ["batch", 5]))
    let e = graph.add(Gather(axis: 0), [weights("table", [12, 8]), x], name: "embedding", outputs: ["e"])[0]
    let axes = graph.addConstant("axes", Tensor(ints: [1]))
    let m = graph.add(
      ReduceMean(keepsDimensions: false), [e, axes], name: "mean", outputs: ["m"])[0]
    let y = graph.add(Gemm(), [m, weights("output.weight", [8, 3])], name: "output", outputs: ["y"])[0]
    graph.markOutput(y)
    try graph.inferTypes()
    let path = folder.path("tokens.onnx")
    try ONNXExporter.write(graph, to: path)
    return path
  }

  @Test(arguments: [ElementType.int32, .int64])
  func tokensAreQuantizedAndRun(_ element: ElementType) throws {
    let folder = try TemporaryFolder()
    let model = try model(element, in: folder)
    let (tokens, program) = (folder.path("tokens.npy"), folder.path("tokens.pith"))
    try NPY.write((0..<60).map { Float($0 * 7 % 12) }, shape: [12, 5], to: tokens)
    let quantize = try CompressCommand.run([
      "quantize", model, "--calibrate", tokens, "--strict", "-o", program,
    ])
    #expect(quantize.status == 0, "\(quantize.error)")
    let outputs = try [model, program].map { path -> [Float] in
      let output = folder.path("y.npy")
      let run = try CompressCommand.run(["run", path, "--input", tokens, "-o", output])
      #expect(run.status == 0, "\(run.error)")
      return try NPY.read(output).values
    }
    #expect(outputs[0].count == 36)
    let largest = zip(outputs[0], outputs[1]).map { abs($0 - $1) }.max() ?? 1
    #expect(largest < 0.05, "\(largest)")
  }

  @Test func whatIsNoTokenIsRefused() throws {
    let folder = try TemporaryFolder()
    let model = try model(.int64, in: folder)
    for value in [0.5, -3.25, 1e20] as [Float] {
      let tokens = folder.path("tokens.npy")
      try NPY.write([1, 2, 3, 4, value], shape: [1, 5], to: tokens)
      let run = try CompressCommand.run(["run", model, "--input", tokens, "-o", folder.path("y.npy")])
      #expect(run.status != 0)
      #expect(run.error.contains("input 'tokens' takes integers, but a sample holds"), "\(run.error)")
    }
    // The program, whose runtime would take the nearest token, is asked no more than the model.
    let (good, program) = (folder.path("good.npy"), folder.path("tokens.pith"))
    try NPY.write([1, 2, 3, 4, 11], shape: [1, 5], to: good)
    let quantize = try CompressCommand.run(["quantize", model, "--calibrate", good, "-o", program])
    #expect(quantize.status == 0, "\(quantize.error)")
    for value in [0.5, 12, -13, 1e20] as [Float] {
      let tokens = folder.path("tokens.npy")
      try NPY.write([1, 2, 3, 4, value], shape: [1, 5], to: tokens)
      let run = try CompressCommand.run(["run", program, "--input", tokens, "-o", folder.path("y.npy")])
      #expect(run.status != 0)
      #expect(run.error.contains("takes numbers of 12 tokens, but a sample holds"), "\(run.error)")
    }
  }
}
