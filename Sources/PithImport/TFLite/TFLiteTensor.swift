import PithGraph

/// A tensor as the file describes it.
struct TFLiteTensor {
  var name: String
  var element: TFLiteElement
  /// The sizes with which the converter ran it; unknown ones are 1.
  var shape: [Int]
  /// The same with −1 where a size is free.
  var signature: [Int]
  /// The number of the buffer that holds its elements; 0 for none.
  var buffer: Int
  var quantization: TFLiteQuantization?
  var isVariable: Bool
  var isSparse: Bool

  init(_ table: FlatTable) throws {
    name = try table.string(3)
    do {
      shape = try table.ints(0)
      let signature = try table.ints(7)
      self.signature = signature.count == shape.count ? signature : shape
      guard shape.count <= ImportLimits.rank else {
        throw GraphError("it has \(shape.count) axes, more than \(ImportLimits.rank)")
      }
      guard shape.allSatisfy({ $0 >= 0 }) else {
        throw GraphError("its shape \(shape) is impossible; the file is damaged")
      }
      let number = try table.number(1, Int8(0))
      guard let element = TFLiteElement(rawValue: number) else {
        throw GraphError("its elements are of unknown type \(number)")
      }
      self.element = element
      buffer = Int(try table.number(2, UInt32(0)))
      isVariable = try table.bool(5)
      isSparse = try table.table(6) != nil
      quantization = try table.table(4).flatMap { try TFLiteQuantization($0, rank: shape.count) }
      guard try table.number(10, UInt32(0)) == 0 else {
        throw GraphError("its elements are in another file, which is not supported")
      }
    } catch let error as GraphError {
      throw GraphError("tensor '\(name.printable())': \(error.message)")
    }
  }

  /// Whether it is stored as bytes that mean reals.
  var isQuantizedByte: Bool {
    (element == .int8 || element == .uint8) && quantization != nil
  }
}
