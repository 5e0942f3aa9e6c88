extension QuantizationReport { public func text(width: Int, colour: Bool) -> String { "" } }
extension InspectionReport { public func text(width: Int, colour: Bool) -> String { "" } }
extension BenchmarkReport { public func text(width: Int, colour: Bool) -> String { "" } }
extension EvaluationReport { public func text(width: Int, colour: Bool) -> String { "" } }
extension QuantizationReport { public func html() -> String { "" } }
