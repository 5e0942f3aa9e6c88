import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress import`: any format in, ONNX out.
@Suite struct ImportCommandTests {
  private static let folder = "\(ModelFixture.folder)/pytorch"

  @Test func aProgramBecomesONNX() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("out.onnx")
    let result = try CompressCommand.run([
      "import", "\(Self.folder)/convolutions.pt2", "--input", "x=1x3x9x10", "--json", "-o", path,
    ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let inputs = try #require(try result.object()["inputs"] as? [[String: Any]])
    #expect(inputs.first?["shape"] as? [Int] == [1, 3, 9, 10])
    let graph = try ModelImporter.read(path: path)
    #expect(graph.nodes.map(\.op.name).contains("ConvTranspose"))
    #expect(folder.contents == ["out.onnx"])
  }

  @Test(arguments: ["dense.safetensors", "dense_checkpoint.pth"])
  func weightsAreJoined(_ weights: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("out.onnx")
    let result = try CompressCommand.run([
      "import", "--architecture", "\(Self.folder)/dense.pt2", "--weights", "\(Self.folder)/\(weights)", "-o",
      path,
    ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let arrays = try NPZFixture.read("\(Self.folder)/dense_weights.npz")
    let output = try FloatEngine(try ModelImporter.read(path: path)).run([try #require(arrays["input0"])])
    let expected = try #require(arrays["output0"]?.floats)
    #expect(zip(output[0].floats ?? [], expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(arguments: [
    (["script.pt"], "torch.export.save"), (["runs.pth"], "never runs what a file asks for"),
    (["dense.pth"], "--architecture"), (["dense.pt2", "--input", "y=1x12"], "no input 'y'"),
    (["dense.pt2", "--input", "x=1x13"], "fixed shape"), (["dense.pt2", "--input", "x=13"], "not of 1 axes"),
  ])
  func errorsAreOneLine(_ arguments: [String], _ expected: String) throws {
    let folder = try TemporaryFolder()
    let result = try CompressCommand.run(
      ["import", "\(Self.folder)/\(arguments[0])"] + arguments.dropFirst() + ["-o", folder.path("out.onnx")])
    #expect(result.status != 0 && result.output.isEmpty)
    #expect(
      result.error.contains(expected) && result.error.split(separator: "\n").count == 1, "\(result.error)")
    #expect(folder.contents.isEmpty)
  }

  @Test(arguments: [
    ["-o", "x.onnx"], ["m.pt2", "--weights", "w.pth", "-o", "x.onnx"],
    ["--architecture", "m.pt2", "-o", "x.onnx"],
    ["m.pt2", "--input", "x=ax3", "-o", "x.onnx"], ["m.pt2", "-o", "x.pith"],
  ])
  func wrongUsageIsTold(_ arguments: [String]) throws {
    let result = try CompressCommand.run(["import"] + arguments)
    #expect(result.status == 64 && result.error.contains("Usage"))
  }
}
