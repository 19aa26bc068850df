//! Employees who are suppliers too.
//!
//! Not for: users of the ledger.
//!
//! Invariant: each case shares exactly what its kind says, and names both.

use crate::bank::Account;
use crate::draft::Draft;
use crate::employees::Employee;
use crate::script::Order;
use crate::suppliers::Supplier;
use crate::truth::RowFile;

/// Makes the supplier share it.
type Share = fn(&mut Supplier, &Employee);

/// The things that the two may share, said and done.
const KINDS: [(&str, &str, Share); 4] = [
    (
        "employee_bank_account",
        "The supplier is paid into an employee's account.",
        |supplier, employee| {
            let holder = supplier.name.clone();
            supplier.sites = vec![Account { holder, ..employee.account.clone() }];
        },
    ),
    (
        "employee_name_and_address",
        "The supplier bears an employee's surname and has the employee's address.",
        |supplier, employee| {
            supplier.name = format!("{} {} Ltd", employee.last_name, supplier.trade);
            supplier.address = employee.address.clone();
        },
    ),
    (
        "employee_telephone",
        "The supplier has an employee's telephone number.",
        |supplier, employee| {
            supplier.telephone.clone_from(&employee.telephone);
        },
    ),
    (
        "employee_email",
        "The supplier has an employee's own e-mail address.",
        |supplier, employee| {
            supplier.email.clone_from(&employee.email);
        },
    ),
];

pub(super) fn plant(draft: &mut Draft<'_>) {
    // Spread over the staff, so that nobody is two suppliers.
    let every = (draft.employees.len() / (draft.times * KINDS.len())).max(1);
    for (turn, (kind, says, share)) in
        KINDS.iter().cycle().take(draft.times * KINDS.len()).enumerate()
    {
        let Some(employee) = draft.employees.get(turn * every).cloned() else { return };
        let index = draft.add_scripted(|supplier| share(supplier, &employee));
        let case = draft.truth.plant(kind, *says);
        draft.truth.row(case, RowFile::Employees, &employee.id);
        draft.name_supplier(case, index);
        for _ in 0..4 {
            let day = draft.working_day(0, draft.calendar.last - 30);
            draft.order(day, Order { supplier: index, case: Some(case), ..Order::default() });
        }
    }
}
