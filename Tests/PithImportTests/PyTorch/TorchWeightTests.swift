import Foundation
import PithEngine
import PithGraph
import PithTestSupport
import Testing

@testable import PithImport

/// Weights come out of every form of file as they were put in, and take the place of a program's own.
@Suite struct TorchWeightTests {
  private func path(_ name: String) -> String { "\(PyTorchFixture.folder)/\(name)" }

  private func read(_ name: String) throws -> TorchWeights { try TorchWeightFile.read(path: path(name)) }

  @Test(arguments: [
    "dense.pth", "dense_protocol3.pth", "dense_protocol4.pth", "dense_protocol5.pth", "dense_checkpoint.pth",
    "dense.safetensors",
  ])
  func weightsReplaceThoseOfTheProgram(_ name: String) throws {
    let graph = try PyTorchImporter.read(path: path("dense.pt2"), weights: path(name))
    let inputs = try PyTorchFixture.arrays(path("dense_weights.npz"), "input")
    let expected = try PyTorchFixture.arrays(path("dense_weights.npz"), "output")
    // All but the last nodes are of interest, whichever can be executed.
    let weights = try read("dense.safetensors")
    for name in ["layers.0.weight", "layers.1.running_var", "scale"] {
      let value = try #require(graph.values.first { $0.name == name })
      #expect(value.constant == (try weights.tensor(name)))
    }
    #expect(inputs.count == 1 && expected.count == 1)
  }

  @Test func allTypesAreRead() throws {
    for file in ["kinds.safetensors", "kinds.pth"] {
      let weights = try read(file)
      for name in ["float16", "bfloat16", "float64"] {
        #expect(try weights.tensor(name).floats == [1.5, -2, 0.25], "\(file) \(name)")
      }
      for name in ["int64", "int32", "int16", "int8"] {
        #expect(try weights.tensor(name).integers == [1, -2, 3], "\(file) \(name)")
      }
      #expect(try weights.tensor("uint8").integers == [1, 2, 255])
      #expect(try weights.tensor("bool").storage == .bool([true, false, true]))
      #expect(try weights.tensor("scalar") == Tensor(2.5))
      #expect(try weights.tensor("empty").shape == [0, 3])
    }
  }

  @Test func viewsAreFollowed() throws {
    let weights = try read("kinds.pth")
    #expect(try weights.tensor("transposed").floats == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
    #expect(try weights.tensor("part").floats == [5, 6, 9, 10])
    #expect(try weights.tensor("repeated").floats == [0, 1, 2, 0, 1, 2])
    #expect(try weights.tensor("parameter").shape == [3, 4])
  }

  /// The message that reading ends with.
  @Test func codeIsNeverRun() {
    let message = failure { _ = try read("runs.pth") }
    #expect(message.hasPrefix("runs.pth: the pickle asks for '"))
    #expect(message.contains("posix.system") || message.contains("nt.system"))
    #expect(message.contains("never runs"))
  }

  @Test func wholeObjectsAreRefusedWithAdvice() {
    let line = "torch.export.save(torch.export.export(model.eval(), (example,)), 'model.pt2')"
    for body in [
      { _ = try read("whole.pth") }, { _ = try ModelImporter.read(path: path("whole.pth")) },
      { _ = try ModelImporter.read(path: path("script.pt")) },
      { _ = try ModelImporter.read(path: path("legacy.pth")) },
    ] {
      #expect(failure(body).contains(line))
    }
    #expect(failure { _ = try read("whole.pth") }.contains("torch.nn.modules.linear.Linear"))
    #expect(failure { _ = try read("script.pt") }.contains("TorchScript"))
    #expect(failure { _ = try read("legacy.pth") }.contains("before version 1.6"))
    for name in ["dense.pth", "dense.safetensors"] {
      #expect(failure { _ = try ModelImporter.read(path: path(name)) }.contains("--architecture"))
    }
  }

  @Test func whatDoesNotFitIsNamed() {
    func join(_ weights: String, with program: String) -> String {
      failure { _ = try PyTorchImporter.read(path: path(program), weights: path(weights)) }
    }
    #expect(join("kinds.pth", with: "dense.pt2").contains("kinds.pth: lacks 'layers.0.weight'"))
    #expect(join("rnn.pt2", with: "dense.pt2").contains("rnn.pt2: lacks"))
    #expect(join("rnn_older.pt2", with: "rnn.pt2") == "no error")
    #expect(join("rnn_state.pt2", with: "rnn.pt2").contains("lacks 'head.weight', 'head.bias'"))
    #expect(join("rnn.pt2", with: "rnn_state.pt2").contains("holds 'head.bias', 'head.weight', which"))
    #expect(join("gru_state.pt2", with: "gru_state.pt2") == "no error")
    #expect(join("dense.npz", with: "dense.pt2").contains("dense.npz: "))
  }
}
