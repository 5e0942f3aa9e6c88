import PithGraph

/// A layer of the teacher and the layer of the student that is to resemble it, by the name of a node or of its output.
public struct LayerPair: Sendable, Hashable, Codable, CustomStringConvertible {
  public var teacher: String
  public var student: String

  public init(teacher: String, student: String) {
    self.teacher = teacher
    self.student = student
  }

  /// Reads `TEACHER=STUDENT`; nil where it is not of that form.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
    self.init(teacher: parts[0], student: parts[1])
  }

  public var description: String { "\(teacher)=\(student)" }
}

/// What a student learns from its teachers besides the labels.
public struct DistillationOptions: Sendable, Hashable, Codable {
  /// What logits are divided by before the softmax; above 0.
  public var temperature: Double
  /// The teachers' share of the loss, from 0 to 1; the labels have the rest. Nil: 0.9, and 1 where there are no labels.
  public var alpha: Double?
  /// How much each teacher's opinion weighs; empty for equally much.
  public var teacherWeights: [Double]
  /// Layers of the first teacher that the student's are projected to (Romero et al., "FitNets", 2015).
  public var features: [LayerPair]
  /// The weight of the mean square error of each of these.
  public var featureWeight: Double
  /// Layers whose attention maps are compared (Zagoruyko and Komodakis, 2017).
  public var attention: [LayerPair]
  /// The weight of half the square distance of each of these.
  public var attentionWeight: Double

  public init(
    temperature: Double = 4, alpha: Double? = nil, teacherWeights: [Double] = [], features: [LayerPair] = [],
    featureWeight: Double = 1, attention: [LayerPair] = [], attentionWeight: Double = 1
  ) {
    self.temperature = temperature
    self.alpha = alpha
    self.teacherWeights = teacherWeights
    self.features = features
    self.featureWeight = featureWeight
    self.attention = attention
    self.attentionWeight = attentionWeight
  }

  /// - Throws: `GraphError` that says which number is out of its range.
  public func validate(teachers: Int) throws {
    func check(_ holds: Bool, _ message: String) throws { if !holds { throw GraphError(message) } }
    try check(
      temperature > 0 && temperature.isFinite, "the temperature must be above 0, not \(temperature)")
    try check(alpha.map { (0...1).contains($0) } ?? true, "alpha must be from 0 to 1")
    try check(
      featureWeight >= 0 && featureWeight.isFinite && attentionWeight >= 0 && attentionWeight.isFinite,
      "the weights of features and attention must not be negative")
    guard !teacherWeights.isEmpty else { return }
    try check(
      teacherWeights.count == teachers,
      "\(teacherWeights.count) teacher weights do not fit \(teachers) teachers")
    try check(
      teacherWeights.allSatisfy { $0 > 0 && $0.isFinite }, "a teacher's weight must be above 0")
  }
}
