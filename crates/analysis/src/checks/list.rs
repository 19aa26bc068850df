const FOLDERS: &[Folder] = &checks! {
    "duplicate_invoices": "check", "lines", "headers";
};
