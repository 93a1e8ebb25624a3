package orquesta

func (d *Definition) inspectSyntax() []Finding                { return nil }
func (d *Definition) inspectSemantics() []Finding             { return nil }
func (d *Definition) inspectExpressions() []Finding           { return nil }
func (d *Definition) inspectContext(known []string) []Finding { return nil }
