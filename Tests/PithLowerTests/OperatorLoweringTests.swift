import PithGraph
import PithHost
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Every operator fixture, from the ONNX file to the runtime's outputs.
@Suite struct OperatorLoweringTests {
  /// Fixtures with an operator that the runtime does not have, and what the error says of it.
  static let refused: [String: String] = [
    "cast_int32_and_back": "the runtime does not cast float32 to int32 while it runs",
    "pad_edge": "the runtime pads by a constant, not by edge",
    "pad_negative_axes_opset21": "the runtime pads by a constant, not by edge",
    "pad_opset10_reflect": "the runtime pads by a constant, not by reflect",
    "pad_reflect": "the runtime pads by a constant, not by reflect",
  ]

  /// The operators that stay in fp32, in order. Of every fixture that is not named here, all nodes are integer.
  static let floatOperators: [String: [String]] = [
    // Both operands are repeated.
    "add_both_broadcast": ["Add"], "sub_constant_first": ["Sub"],
    // It changes nothing.
    "cast_float": ["Cast"],
    // Divisors that are computed, or more than one number.
    "div_constant_first": ["Div"], "div_per_channel": ["Div"], "div_two_inputs": ["Div"],
    // Products of two computed factors, or in forms that simplification leaves.
    "gemm_column_bias": ["Gemm"], "gemm_full_bias": ["Gemm"], "gemm_trans_a": ["Gemm"],
    "gemm_trans_both": ["Gemm"],
    // Maps of bytes have four axes.
    "channel_shuffle": ["Transpose"], "transpose_5d": ["Transpose"],
    "pad_opset13_value": ["Pad"], "pad_opset9": ["Pad"],
    "reduce_mean_channels": ["ReduceMean"],
    // Probabilities that leave the network, and one softmax over the batch.
    "nhwc_sandwich": ["Softmax"], "small_classifier": ["Softmax"], "softmax_axis0": ["Softmax"],
    "softmax_axis1": ["Softmax"], "softmax_default": ["Softmax"], "softmax_large_values": ["Softmax"],
    "softmax_negative_axis": ["Softmax"], "softmax_opset12_2d": ["Softmax"],
    "softmax_opset9_axis2": ["Softmax"], "two_inputs_two_outputs": ["Softmax"],
    "torch_mixed_dynamo18": ["Transpose", "Softmax"], "torch_mixed_script11": ["Transpose", "Softmax"],
    "torch_mixed_script17": ["Transpose", "Softmax"],
  ]

  static let accepted = ModelFixture.operators.filter { refused[$0.name] == nil }

  @Test func theListsNameFixtures() {
    let names = Set(ModelFixture.operators.map(\.name))
    #expect(names.isSuperset(of: Self.refused.keys) && names.isSuperset(of: Self.floatOperators.keys))
    #expect(Self.accepted.count > 200)
  }

  @Test(arguments: accepted, LoweringCase.Batch.allCases)
  func floatProgramsGiveTheRecordedOutputs(_ fixture: ModelFixture, batch: LoweringCase.Batch) throws {
    let subject = try LoweringCase(fixture, batch)
    // One by one, what was recorded for the batch does not apply where samples are mixed.
    let expected = batch == .recorded ? [try fixture.outputs()] : try subject.expected()
    let outputs = try subject.outputs(of: try Lowering.lower(subject.floatModel))
    #expect(outputs.map(\.count) == expected.map(\.count))
    for (run, tensors) in zip(outputs, expected) {
      for (values, tensor) in zip(run, tensors) {
        #expect(Closeness.relativeError(values, tensor.floats ?? []) <= 1e-4)
      }
    }
  }

  @Test(arguments: accepted, LoweringCase.Batch.allCases)
  func integerProgramsAreNearTheFloatEngine(_ fixture: ModelFixture, batch: LoweringCase.Batch) throws {
    let subject = try LoweringCase(fixture, batch)
    let expected = try subject.expected()
    let model = try subject.integerModel()
    #expect(model.floatNodes.map { $0.node.op.name } == Self.floatOperators[fixture.name] ?? [])
    let outputs = try subject.outputs(of: try Lowering.lower(model))
    #expect(outputs.map(\.count) == expected.map(\.count))
    for index in 0..<(expected.first?.count ?? 0) {
      let values = outputs.flatMap { $0[index] }
      // The worst measured is 37 dB: one rounding to 8 bits on the way in and one on the way out.
      #expect(Closeness.decibels(values, expected.flatMap { $0[index].floats ?? [] }) >= 35)
    }
  }

  @Test(arguments: accepted, LoweringCase.Batch.allCases)
  func memoryAndKernelsChangeNoBit(_ fixture: ModelFixture, batch: LoweringCase.Batch) throws {
    let subject = try LoweringCase(fixture, batch)
    let model = try subject.integerModel()
    let program = try Lowering.lower(model)
    let outputs = try subject.outputs(of: program, isa: .scalar)
    let kept = try Lowering.lower(model, keepsIntermediates: true)
    #expect(kept.arenaBytes >= program.arenaBytes)
    #expect(try subject.outputs(of: kept, isa: .scalar) == outputs)
    for isa in PithISA.available { #expect(try subject.outputs(of: program, isa: isa) == outputs, "\(isa)") }
  }

  @Test(arguments: ModelFixture.operators.filter { refused[$0.name] != nil })
  func whatTheRuntimeLacksIsNamed(_ fixture: ModelFixture) throws {
    let subject = try LoweringCase(fixture, .one)
    for model in [subject.floatModel, try subject.integerModel()] {
      let error = #expect(throws: GraphError.self) { try Lowering.lower(model) }
      #expect(error?.node != nil)
      #expect(error?.message.contains(Self.refused[fixture.name] ?? "?") == true)
    }
  }
}
