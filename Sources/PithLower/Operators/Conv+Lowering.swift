import CPith
import PithGraph
import PithPasses

extension Conv: Lowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let convolution = try IntegerConvolution(self, node, lowering)
    if convolution.isDepthwise {
      try convolution.lowerDepthwise(
        try lowering.bytes(input, layout: .channelsFirst(convolution.inputSizes)), &lowering)
    } else if convolution.mergesFirstLayer, !lowering.hasBytes(input), lowering.graph[input].constant == nil {
      try convolution.lowerMerged(input, &lowering)
    } else {
      try convolution.lowerGroups(
        try lowering.bytes(input, layout: .channelsFirst(convolution.inputSizes)), &lowering)
    }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    let input = try lowering.graph.operand(node, 0)
    let weightID = try lowering.graph.operand(node, 1)
    let weightSizes = try lowering.sizes(weightID)
    let plane = try PlaneWindow(window(weights: weightSizes), map: try lowering.map(input))
    let source = lowering.builder.addFloatView(of: try lowering.floats(input), try lowering.planes(input))
    let weights = lowering.builder.addFloatView(
      of: try lowering.floats(weightID), [weightSizes[0], weightSizes[1], plane.kernel.h, plane.kernel.w])
    var operands = [source, weights]
    if node.inputs.count > 2, let bias = node.inputs[2] { operands.append(try lowering.floats(bias)) }
    let output = node.outputs[0]
    let sizes = try lowering.planes(output)
    let target = lowering.builder.addFloats(sizes, name: lowering.graph[output].name)
    lowering.builder.emit(PITH_OP_F32_CONV, inputs: operands, output: target) {
      $0.window = plane.record
      $0.window.extent = Int32(groups)
    }
    let perOutput = weightSizes.dropFirst().reduce(1, *)
    lowering.account(
      node, bytes: 4 * (weightSizes[0] * perOutput + weightSizes[0]),
      multiplyAdds: sizes.reduce(1, *) * perOutput)
    let result = lowering.lowerActivation(activation, target, sizes)
    lowering.define(output, floats: lowering.builder.addFloatView(of: result, try lowering.sizes(output)))
  }
}
