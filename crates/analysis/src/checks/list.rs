const FOLDERS: &[Folder] = &checks! {
    "duplicate_invoices": "check", "lines", "headers";
    "duplicate_suppliers": "check";
    "look_alike_suppliers": "check";
};
