import PithReport

/// Reports with realistic figures.
enum SampleReports {
  static func layer(
    _ name: String, _ operators: String, parameters: Int, multiplyAdds: Int, noise: Double?,
    placement: Placement = .int8, reason: String? = nil
  ) -> QuantizationReport.Layer {
    let isInteger = placement == .int8
    return QuantizationReport.Layer(
      name: name, operators: operators, placement: placement, reason: reason, parameters: parameters,
      multiplyAdds: multiplyAdds, bytesBefore: 4 * parameters,
      bytesAfter: isInteger ? parameters + parameters / 40 : 4 * parameters, signalToNoise: noise,
      inputScale: isInteger ? 0.0039215689 : nil, outputScale: isInteger ? 0.03125 : nil,
      outputZeroPoint: isInteger ? 128 : nil, clippedShare: isInteger ? 0.00004 : nil)
  }

  static let convolutional = QuantizationReport(
    tool: .init(name: "compress", version: "0.1.0"),
    command: "compress quantize fixtures/cnn.onnx --calibrate data/calibration.data.yaml --samples 512 "
      + "--method mse --eval data/test.data.yaml --report cnn.html -o cnn.pith",
    model: "cnn", input: .init(path: "fixtures/cnn.onnx", bytes: 1_742_113, format: "onnx"),
    output: .init(path: "cnn.pith", bytes: 441_344), method: "mse", samples: 512,
    options: .init(equalization: false, biasCorrection: true),
    accuracy: AccuracyComparison(
      samples: 10_000, bothRight: 9208, onlyFp32Right: 23, onlyInt8Right: 19, agreeing: 9938),
    latency: LatencyComparison(
      fp32: Latency(p10: 171.2, p50: 174.9, p90: 183.3), int8: Latency(p10: 43.1, p50: 43.9, p90: 46.4),
      isa: "avx512vnni", threads: 1),
    memory: .init(arenaBytes: 25_088, weightBytes: 432_640, fileBytes: 441_344), signalToNoise: 34.2,
    layers: [
      layer("/conv1/Conv", "Conv+Relu", parameters: 320, multiplyAdds: 225_792, noise: 43.1),
      layer("/pool1/MaxPool", "MaxPool", parameters: 0, multiplyAdds: 0, noise: nil),
      layer("/conv2/Conv", "Conv+Relu", parameters: 18_496, multiplyAdds: 3_612_672, noise: 38.7),
      layer("/pool2/MaxPool", "MaxPool", parameters: 0, multiplyAdds: 0, noise: nil),
      layer("/conv3/Conv", "Conv+Relu", parameters: 73_856, multiplyAdds: 3_612_672, noise: 36.9),
      layer("/fc1/Gemm", "Gemm+Relu", parameters: 335_700, multiplyAdds: 335_488, noise: 35.0),
      layer("/fc2/Gemm", "Gemm", parameters: 1_290, multiplyAdds: 1280, noise: 34.2),
      layer(
        "/Softmax", "Softmax", parameters: 0, multiplyAdds: 0, noise: 51.4, placement: .float32,
        reason: "no integer kernel for Softmax over the last axis"),
    ],
    passes: [.init(rule: "fold batch normalization", count: 3), .init(rule: "fuse activation", count: 4)],
    seconds: [
      .init(stage: "import", seconds: 0.011), .init(stage: "calibrate", seconds: 0.27),
      .init(stage: "evaluate", seconds: 1.62), .init(stage: "write", seconds: 0.004),
    ])

  static let mobile: QuantizationReport = {
    var layers: [QuantizationReport.Layer] = [
      layer(
        "/features/features.0/features.0.0/Conv", "Conv+Clip", parameters: 320, multiplyAdds: 62_720,
        noise: 40.2)
    ]
    for block in 1...12 {
      let channels = 16 * (1 + block / 3)
      let prefix = "/features/features.\(block)/conv/"
      layers.append(
        layer(
          prefix + "conv.0/conv.0.0/Conv", "Conv+Clip", parameters: channels * channels * 6 + channels,
          multiplyAdds: channels * channels * 6 * 49, noise: 34 - Double(block)))
      layers.append(
        layer(
          prefix + "conv.1/conv.1.0/Conv", "Conv (depthwise)+Clip", parameters: channels * 54,
          multiplyAdds: channels * 54 * 49, noise: 31 - 1.2 * Double(block)))
      layers.append(
        layer(
          prefix + "conv.2/Conv", "Conv+Add", parameters: channels * channels * 6,
          multiplyAdds: channels * channels * 6 * 49, noise: 32 - 1.1 * Double(block)))
    }
    layers.append(layer("/GlobalAveragePool", "GlobalAveragePool", parameters: 0, multiplyAdds: 0, noise: 27))
    layers.append(
      layer("/classifier/classifier.1/Gemm", "Gemm", parameters: 12_810, multiplyAdds: 12_800, noise: 24.9))
    layers.append(
      layer(
        "/head/Erf", "Erf", parameters: 0, multiplyAdds: 0, noise: nil, placement: .float32,
        reason: "no integer kernel for Erf"))
    return QuantizationReport(
      tool: .init(name: "compress", version: "0.1.0"),
      command: "compress quantize models/mobilenet_v2_fashion_mnist_width_0.5.onnx --calibrate "
        + "/usr/share/datasets/fashion-mnist/train-images-idx3-ubyte.gz --samples 512 --method entropy "
        + "--eval /usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz,"
        + "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz -o mobilenet.pith",
      model: "mobilenet_v2_fashion_mnist_width_0.5",
      input: .init(path: "models/mobilenet_v2_fashion_mnist_width_0.5.onnx", bytes: 842_113, format: "onnx"),
      output: .init(path: "mobilenet.pith", bytes: 249_344), method: "entropy", samples: 512,
      options: .init(equalization: true, biasCorrection: true),
      accuracy: AccuracyComparison(
        samples: 2000, bothRight: 1778, onlyFp32Right: 61, onlyInt8Right: 12, agreeing: 1880),
      latency: LatencyComparison(
        fp32: Latency(p10: 980, p50: 1012, p90: 1080), int8: Latency(p10: 111.4, p50: 113.2, p90: 119.9),
        isa: "avx512vnni", threads: 2),
      memory: .init(arenaBytes: 150_528, weightBytes: 220_640, fileBytes: 249_344), signalToNoise: 17.4,
      layers: layers,
      warnings: [
        "the output range of /features/features.3/conv/conv.1/conv.1.0/Conv holds 0.2 % of outliers that "
          + "are clipped; --method minmax keeps them"
      ],
      passes: [
        .init(rule: "fold batch normalization", count: 36), .init(rule: "fuse activation", count: 25),
      ],
      seconds: [.init(stage: "calibrate", seconds: 1.91), .init(stage: "evaluate", seconds: 4.12)])
  }()

  /// One layer, and nothing measured.
  static let smallest = QuantizationReport(
    tool: .init(name: "compress", version: "0.1.0"), command: "compress quantize m.onnx -o m.pith",
    model: "m", input: .init(path: "m.onnx", bytes: 410, format: "onnx"),
    output: .init(path: "m.pith", bytes: 1216), method: "minmax", samples: 1,
    options: .init(equalization: false, biasCorrection: false),
    memory: .init(arenaBytes: 64, weightBytes: 128, fileBytes: 1216),
    layers: [layer("y", "Gemm", parameters: 6, multiplyAdds: 4, noise: .infinity)])

  /// No layer, no byte, no sample, and numbers that are none.
  static let empty: QuantizationReport = {
    var report = QuantizationReport(
      tool: .init(name: "", version: ""), command: "", model: "",
      input: .init(path: "", bytes: 0, format: ""), output: .init(path: "", bytes: 0), method: "",
      samples: 0, options: .init(equalization: false, biasCorrection: false),
      accuracy: AccuracyComparison(
        samples: 0, bothRight: 0, onlyFp32Right: 0, onlyInt8Right: 0, agreeing: 0),
      latency: LatencyComparison(
        fp32: Latency(p10: .nan, p50: 0, p90: .infinity), int8: Latency(p10: 0, p50: 0, p90: 0), isa: "",
        threads: 0),
      memory: .init(arenaBytes: 0, weightBytes: 0, fileBytes: 0), layers: [])
    report.signalToNoise = .nan
    return report
  }()

  /// Names made to break what shows them, and the largest numbers.
  static let hostile: QuantizationReport = {
    var report = convolutional
    report.model = "</title><script>alert(1)</script>\u{1B}[31m\u{202E}'\"&"
    report.command = "compress quantize '<img src=x onerror=alert(1)>.onnx' -o \"a&b.pith\""
    report.warnings = ["<b>bold</b> & \u{0}\n\u{7F}\u{2028}end"]
    let names = [
      "<script>alert('x')</script>", "a\" onmouseover=\"alert(1)", "]]>", "<!--", "&amp;",
      "\u{1B}]0;title\u{7}\u{1B}[2J", "畳み込み層の名前がとても長いときにも表が崩れないこと/第一層", "🧱🧱 e\u{301}",
      String(repeating: "very/long/", count: 200), "", "line\nbreak\ttab", "\u{FFFE}\u{FFFF}\u{E000}",
    ]
    report.layers = names.enumerated().map { index, name in
      var layer = layer(
        name, name, parameters: index, multiplyAdds: .max, noise: Double(index) - 3,
        placement: index % 2 == 0 ? .int8 : .float32, reason: index % 2 == 0 ? nil : name)
      layer.bytesBefore = index == 3 ? .max : layer.bytesBefore
      layer.bytesAfter = index == 4 ? -5 : layer.bytesAfter
      layer.signalToNoise = index == 5 ? .nan : index == 6 ? .infinity : layer.signalToNoise
      layer.clippedShare = index == 7 ? .nan : layer.clippedShare
      return layer
    }
    return report
  }()

  static let all: [QuantizationReport] = [convolutional, mobile, smallest, empty, hostile]

  static let inspection = InspectionReport(
    model: "cnn.onnx", format: "onnx", fileBytes: 1_742_113,
    inputs: [.init(name: "input", type: "float32", shape: ["batch", 1, 28, 28])],
    outputs: [.init(name: "logits", type: "float32", shape: ["batch", 10])],
    nodes: [
      .init(
        name: "/conv1/Conv", op: "Conv", outputShape: ["batch", 32, 28, 28], parameters: 320,
        multiplyAdds: 225_792, placement: .int8),
      .init(
        name: "/act/Erf", op: "Erf", outputShape: ["batch", 32, 28, 28], parameters: 0,
        multiplyAdds: 0, placement: .float32, reason: "no integer kernel for Erf"),
    ],
    memory: .init(weightBytes: 1_280, peakActivationBytes: 100_352),
    instructions: [
      .init(
        name: "/conv1/Conv", opcode: "conv2d", outputShape: [1, 28, 28, 32], inputScale: 0.0039215689,
        outputScale: 0.03125, outputZeroPoint: 0, weightBytes: 416)
    ],
    warnings: ["opset 9 is old"])

  static let benchmark = BenchmarkReport(
    model: "cnn.pith", latency: Latency(p10: 43.1, p50: 44, p90: 46.4),
    fp32Latency: Latency(p10: 171.2, p50: 176, p90: 183.3), isa: "avx512vnni", threads: 1, batch: 1,
    runs: 22_727, multiplyAdds: 7_787_904, limitGigaOpsPerSecond: 998)

  static let evaluation = EvaluationReport(
    model: "cnn.pith", correct: 9227, samples: 10_000, loss: 0.2214,
    classes: [
      .init(label: "T-shirt/top", correct: 871, samples: 1000),
      .init(label: "unseen", correct: 0, samples: 0),
    ],
    seconds: 0.46)
}
