import PithGraph

/// What does something only while training.
enum KerasTrainingOnly: KerasReader {
  static let classNames = [
    "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout", "GaussianDropout",
    "GaussianNoise", "ActivityRegularization", "Identity", "RandomFlip", "RandomRotation", "RandomZoom",
    "RandomContrast", "RandomBrightness", "RandomTranslation", "RandomHue", "RandomSaturation",
    "RandomSharpness",
    "RandomColorJitter", "RandomGrayscale", "RandomShear", "RandomPerspective", "RandomErasing",
    "RandomPosterization", "RandomInvert", "RandomGaussianBlur",
  ]

  static let dependsOnTraining = true

  static func read(_ call: KerasCall) throws -> [ValueID] { [try call.input()] }
}

/// Steps to be skipped.
enum KerasMasking: KerasReader {
  static let classNames = ["Masking"]

  static func read(_ call: KerasCall) throws -> [ValueID] {
    throw GraphError(
      "steps that are masked by their values are not supported; build the model without Masking, on sequences of one length"
    )
  }
}

/// Rows of a table.
enum KerasEmbedding: KerasReader {
  static let classNames = ["Embedding"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(variables: [.init(name: "embeddings")])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    if try call.layer.flag("mask_zero") {
      throw GraphError(
        "mask_zero makes later layers skip steps, which is not supported; build the model with mask_zero=False"
      )
    }
    var x = try call.input()
    if ![.int32, .int64].contains(try call.builder.type(x).element) {
      x = try call.add(Cast(to: .int32), [x], "cast")
    }
    let (rows, width) = (try call.layer.size("input_dim"), try call.layer.size("output_dim"))
    let table = try call.constant("embeddings") { try call.layer.array("embeddings", [rows, width]) }
    return [try call.add(Gather(axis: 0), [table, x])]
  }
}
