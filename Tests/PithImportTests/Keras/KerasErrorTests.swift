import PithGraph
import Testing

@testable import PithImport

/// What is not right or not supported is told in one line that names the layer.
@Suite struct KerasErrorTests {
  /// A weights file without a single group of a layer.
  private static let noWeights = HDF5Tests.files["types.h5"] ?? []

  /// What reading a configuration says.
  private func failure(_ config: String, version: Int = 3, weights: [UInt8] = noWeights) -> String {
    do {
      _ = try KerasImporter.read(config: Array(config.utf8), weights: weights, version: version)
      return "nothing"
    } catch let error as ImportError {
      return error.description
    } catch let error as GraphError {
      return error.message
    } catch {
      return "\(error)"
    }
  }

  private func sequential(_ layers: String..., input: String = "[null, 4]") -> String {
    let first =
      #"{"class_name": "InputLayer", "config": {"name": "x", "batch_shape": \#(input), "dtype": "float32"}}"#
    return
      #"{"class_name": "Sequential", "config": {"name": "m", "layers": [\#(([first] + layers).joined(separator: ", "))]}}"#
  }

  private func layer(_ className: String, _ config: String = "", name: String = "n", more: String = "")
    -> String
  {
    let comma = config.isEmpty ? "" : ", "
    return #"{"class_name": "\#(className)", "config": {"name": "\#(name)"\#(comma)\#(config)}\#(more)}"#
  }

  @Test func codeIsNeverRun() {
    #expect(failure(sequential(layer("Lambda"))).contains("'n' (Lambda): a Lambda layer holds Python code"))
    let registered = layer("Mine", more: #", "registered_name": "Shop>Mine""#)
    #expect(failure(sequential(registered)).contains("Shop>Mine is a class of somebody's own"))
    #expect(failure(sequential(layer("Mine"))).contains("class Mine are not supported"))
    let function = #""activation": {"class_name": "function", "config": "f", "registered_name": "Shop>f"}"#
    #expect(failure(sequential(layer("Activation", function))).contains("'Shop>f' is not one of Keras's own"))
    #expect(failure(sequential(layer("TFOpLambda"))).contains("a function between layers"))
    let own = layer("Dense", more: #", "module": "__main__""#)
    #expect(failure(sequential(own)).contains("__main__>Dense is a class of somebody's own"))
    let sort = layer("Sort", more: #", "module": "keras.src.ops.numpy""#)
    #expect(failure(sequential(sort)).contains("'n' (ops.Sort): a function between layers"))
    let sum = layer("Add", more: #", "module": "keras.src.ops.numpy""#)
    #expect(failure(sequential(sum)).contains("it has 1 operands, but takes two"))
  }

  /// Arrays that a layer is called with are part of the network, and not left out.
  @Test(arguments: [
    #""args": [TENSOR], "kwargs": {"mask": ARRAY}"#, #""args": [[TENSOR, ARRAY]], "kwargs": {}"#,
  ])
  func constantsOfCallsAreRefused(_ call: String) {
    let tensor = #"{"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}}"#
    let array = #"{"class_name": "__numpy__", "config": {"value": [[1.0, 2.0]], "dtype": "float32"}}"#
    let written = call.replacing("TENSOR", with: tensor).replacing("ARRAY", with: array)
    let config = """
      {"class_name": "Functional", "config": {"name": "m", "layers": [
        {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 2], "dtype": "float32"},
         "inbound_nodes": []},
        {"class_name": "Add", "name": "n", "config": {"name": "n"}, "inbound_nodes": [{\(written)}]}],
        "input_layers": [["x", 0, 0]], "output_layers": [["n", 0, 0]]}}
      """
    #expect(failure(config).contains("it is called with a constant array as"), "\(failure(config))")
  }

  @Test func everythingUnknownIsToldAtOnce() {
    let text = failure(
      sequential(layer("Lambda", name: "a"), layer("Hash", name: "b"), layer("Hash", name: "c")))
    #expect(text.contains("2 classes of layers are not supported: Lambda ('a'), Hash ('b')"))
  }

  @Test(arguments: [
    (#"{"class_name": "Sequential"}"#, "no layers"), (#"{"class_name": 3}"#, "without a class"),
    ("[]", "without a class"), ("{", "a key is missing"), ("", "ends early"), (#"{"a": 1} x"#, "more behind"),
    (#"{"class_name": "Dense", "config": {"units": 3}}"#, "a layer instead of a model"),
    (#"{"class_name": "Functional", "config": {"layers": {}}}"#, "no layers"),
  ])
  func configurationsThatAreNone(_ config: String, _ expected: String) {
    #expect(failure(config).contains(expected), "\(failure(config))")
  }

  @Test func valuesOfTheWrongKindAreNamed() {
    let cases = [
      (layer("Dense", #""units": "three""#), "its units is a string"),
      (layer("Dense", #""units": -3"#), "its units must be a positive integer"),
      (layer("Dense", #""units": 3, "use_bias": "yes""#), "its use_bias is a string"),
      (layer("Dense", #""units": 3, "activation": [1]"#), "the file lacks its kernel"),
      (layer("Flatten", #""data_format": "sideways""#), "data_format 'sideways' is unknown"),
      (layer("Reshape", #""target_shape": [0, 4]"#), "target_shape"),
      (layer("Reshape", #""target_shape": [3, 4]"#), "'n' (Reshape)"),
      (layer("Softmax", #""axis": 7"#), "axis 7 does not exist"),
      (layer("Conv2D", #""filters": 3, "kernel_size": 3"#), "4 axes are needed"),
      (layer("Embedding", #""input_dim": 3, "output_dim": 2, "mask_zero": true"#), "mask_zero"),
      (layer("Masking"), "without Masking"), (layer("LSTMCell", #""units": 2"#), "put it into an RNN layer"),
      (layer("TimeDistributed"), "no layer inside"),
      (layer("Bidirectional", #""layer": 3"#), "without a class"),
      (layer("Dense", #""units": 3, "dtype": {"class_name": "QuantizedDTypePolicy"}"#), "Keras quantized it"),
      (layer("Permute", #""dims": [2, 1]"#), "is not a permutation"), (layer("Rescaling"), "it has no scale"),
      (layer("RNN", #""cell": {"class_name": "StackedRNNCells"}"#), "its cell is StackedRNNCells"),
    ]
    for (layer, expected) in cases {
      let text = failure(sequential(layer))
      #expect(text.contains(expected), "\(text)")
      #expect(!text.contains("\n"))
    }
  }

  @Test func missingArraysAreNamed() {
    #expect(
      failure(sequential(layer("Dense", #""units": 3"#))).contains("'n' (Dense): the file lacks its kernel"))
    #expect(failure(sequential(layer("Dense", #""units": 3"#)), weights: [1, 2, 3]).contains("HDF5"))
  }

  /// A state belongs to one sequence of each sample.
  @Test func statesBelongToOneCall() {
    let lstm = layer("LSTM", #""units": 2, "stateful": true"#)
    let distributed = layer("TimeDistributed", #""layer": \#(lstm)"#)
    #expect(
      failure(sequential(distributed, input: "[1, 2, 3, 4]")).contains("not those of the network's input"))
    let x =
      #"{"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [1, 3, 4]}, "inbound_nodes": []}"#
    let twice =
      #"{"class_name": "LSTM", "name": "n", "config": {"name": "n", "units": 2, "stateful": true}, "inbound_nodes": [[["x", 0, 0, {}]], [["x", 0, 0, {}]]]}"#
    let model =
      #"{"class_name": "Functional", "config": {"name": "m", "layers": [\#(x), \#(twice)], "input_layers": [["x", 0, 0]], "output_layers": [["n", 0, 0], ["n", 1, 0]]}}"#
    #expect(!failure(model).contains("\n"))
  }

  @Test func inputsMustMakeSense() {
    let flatten = layer("Flatten")
    #expect(failure(sequential(flatten, input: "[null, -3]")).contains("axis 1 of input 'x'"))
    #expect(failure(sequential(flatten, input: "[]")).contains("input 'x' has no shape"))
    #expect(failure(sequential(flatten, input: "[null, 1e9, 1e9]")).contains("more than"))
    let unbuilt = #"{"class_name": "Sequential", "config": {"name": "m", "layers": [\#(layer("Flatten"))]}}"#
    #expect(failure(unbuilt).contains("model.build"))
  }

  private func functional(_ layers: String, inputs: String = #"[["x", 0, 0]]"#, outputs: String) -> String {
    let first =
      #"{"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_shape": [null, 4]}, "inbound_nodes": []}"#
    return
      #"{"class_name": "Functional", "config": {"name": "m", "layers": [\#(first), \#(layers)], "input_layers": \#(inputs), "output_layers": \#(outputs)}}"#
  }

  private func called(_ name: String, on source: String) -> String {
    #"{"class_name": "Flatten", "name": "\#(name)", "config": {"name": "\#(name)"}, "inbound_nodes": [[["\#(source)", 0, 0, {}]]]}"#
  }

  @Test func connectionsMustMakeSense() {
    let output = #"[["a", 0, 0]]"#
    #expect(failure(functional(called("a", on: "x"), outputs: output)) == "nothing")
    #expect(failure(functional(called("a", on: "y"), outputs: output)).contains("layer 'y' does not exist"))
    #expect(
      failure(functional(called("a", on: "b") + ", " + called("b", on: "a"), outputs: output))
        .contains("it waits for what is computed of its own results"))
    #expect(
      failure(functional(called("a", on: "x") + ", " + called("a", on: "x"), outputs: output))
        .contains("another layer has the same name"))
    #expect(failure(functional(called("a", on: "x"), outputs: "[]")).contains("no outputs"))
    #expect(
      failure(functional(called("a", on: "x"), outputs: #"[["a", 0, 3]]"#)).contains("tensor 3 of call 0"))
    #expect(failure(functional(called("a", on: "x"), inputs: "[]", outputs: output)).contains("no inputs"))
    #expect(
      failure(functional(called("a", on: "x"), inputs: #"[["z", 0, 0]]"#, outputs: output)).contains(
        "input 'z'"))
  }

  @Test func nestingIsBounded() {
    #expect(failure(String(repeating: "[", count: 100_000)).contains("nested deeper than"))
    #expect(failure(String(repeating: #"{"a":"#, count: 100_000)).contains("nested deeper than"))
    var model = sequential()
    for _ in 0..<40 {
      model = #"{"class_name": "Sequential", "config": {"name": "m", "layers": [\#(model)]}}"#
    }
    #expect(failure(model).contains("nested deeper than"))
    // Two calls of two calls of two calls: each level doubles the layers.
    var inner = functional(called("a", on: "x"), outputs: #"[["a", 0, 0]]"#)
    for _ in 0..<20 {
      let twice =
        #"{"name": "a", "inbound_nodes": [[["x", 0, 0, {}]], [["a", 0, 0, {}]]], \#(inner.dropFirst())"#
      inner = functional(twice, outputs: #"[["a", 1, 0]]"#)
    }
    #expect(failure(inner, version: 3).contains("more than 65536 layers"))
  }

  @Test func filesThatAreNoModels() throws {
    func text(_ bytes: [UInt8]) -> String {
      do {
        _ = try KerasImporter.read(bytes: bytes, name: "model.h5")
        return "nothing"
      } catch {
        return "\(error)"
      }
    }
    #expect(text(Self.noWeights).contains("model.h5: it is an HDF5 file, but holds no Keras model"))
    #expect(text([]).contains("is empty"))
    var archive = TestZip()
    archive.add("config.json", Array("{}".utf8))
    #expect(text(archive.bytes).contains("no model.weights.h5"))
    archive.add("model.weights.h5", [1, 2, 3])
    #expect(text(archive.bytes).contains("without a class"))
    archive.add("../evil", [])
    #expect(text(archive.bytes).contains("points outside"))
    var version = TestZip()
    version.add("metadata.json", Array(#"{"keras_version": "1.2.2"}"#.utf8))
    version.add("config.json", Array("{}".utf8))
    version.add("model.weights.h5", [1, 2, 3])
    #expect(text(version.bytes).contains("written by Keras 1.2.2"))
  }
}
