use super::*;

fn second(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn waiting(customer: &str, jobs: u64, since: i64) -> WaitingJobs {
    let customer = customer.parse().unwrap();
    WaitingJobs { customer, kind: JobKind::ReadUpload, jobs, since: second(since) }
}

#[test]
fn a_customer_without_jobs_is_measured_as_none() {
    let mut measures = WaitingMeasures::default();
    let first = measures.by_customer(&[waiting("acme", 3, 50), waiting("acme", 1, 40)]);
    let acme = Waiting { jobs: 4, since: Some(second(40)) };
    assert_eq!(first, BTreeMap::from([("acme".to_owned(), acme)]));
    assert!((acme.age(second(100)) - 60.0).abs() < f64::EPSILON);
    let none = measures.by_customer(&[]);
    assert_eq!(none, BTreeMap::from([("acme".to_owned(), Waiting::default())]));
    assert!(none["acme"].age(second(100)).abs() < f64::EPSILON);
}

#[test]
fn more_customers_than_are_measured_stand_together() {
    let name = |number: usize| format!("c{number:04}");
    let jobs: Vec<WaitingJobs> =
        (0..CUSTOMERS_MEASURED_MAX + 3).map(|number| waiting(&name(number), 2, 7)).collect();
    let mut measures = WaitingMeasures::default();
    let measured = measures.by_customer(&jobs);
    assert_eq!(measured.len(), CUSTOMERS_MEASURED_MAX + 1);
    assert_eq!(measured[OTHERS], Waiting { jobs: 6, since: Some(second(7)) });
    let later = measures.by_customer(&jobs[CUSTOMERS_MEASURED_MAX..]);
    assert_eq!(later.len(), CUSTOMERS_MEASURED_MAX + 1);
    assert_eq!(later[OTHERS].jobs, 6, "and the same ones as before");
}
