"""Which table of the dataset holds which kind of fact, and under which column names.

Case systems name some columns differently: the names in brackets are alternatives.  What the
dataset does not hold, such as core groups or agreements, has no line here and is absent.
"""

from __future__ import annotations

from duly.plugins.sources.ssd_columns import Code, JsonFlag, NextDue, Ticked, fields
from duly.plugins.sources.ssd_episodes import CARER_CONTINUES, EPISODES, PERIODS_OF_CARE, PLACEMENT
from duly.plugins.sources.ssd_mapping import Link, TableMapping

BY_PERIOD_OF_CARE = ("clae_cla_id",), ("clae_person_id",)
BY_CP_PLAN = ("cppl_cp_plan_id",), ("cppl_person_id",)
BY_CIN_PLAN = ("cinp_cin_plan_id", "cin_plan_id"), ("cinp_person_id",)

PLACEMENT_TYPES = {
    "foster": ("U4", "U6"),
    "connected_person": ("U1", "U3"),
    "fostering_for_adoption": ("U2", "U5"),
    "parents": ("P1",),
    "adoption": ("A3", "A4", "A5", "A6"),
    "residential": ("K2", "R1", "S1"),
    "secure": ("K1",),
    "independent": ("H5", "P2"),
    "other": ("P3", "R2", "R3", "R5", "T0", "T1", "T2", "T3", "T4", "Z1"),
}

MAPPINGS = (
    TableMapping("ssd_person", "child", fields(person_id="pers_person_id", born="pers_dob")),
    TableMapping(
        PERIODS_OF_CARE,
        "care_period",
        fields(id="id", person_id="person", start="start", end="end"),
    ),
    TableMapping(
        PLACEMENT,
        "placement",
        fields(
            id="clap_cla_placement_id",
            person_id="clap_person_id",
            care_period_id="clap_cla_id",
            start="clap_cla_placement_start_date",
            end="clap_cla_placement_end_date",
            type=Code(("clap_cla_placement_type",), PLACEMENT_TYPES),
            carer_continues=CARER_CONTINUES,
        ),
        links=(Link(("clap_cla_id",), EPISODES, *BY_PERIOD_OF_CARE),),
    ),
    TableMapping(
        "ssd_cla_visits",
        "visit",
        fields(
            id="clav_cla_visit_id",
            person_id="clav_person_id",
            date="clav_cla_visit_date",
            seen="clav_cla_visit_seen",
            seen_alone="clav_cla_visit_seen_alone",
        ),
        links=(Link(("clav_cla_id",), EPISODES, *BY_PERIOD_OF_CARE),),
        constants={"kind": "cla"},
        prefix="cla-",
    ),
    TableMapping(
        "ssd_cp_visits",
        "visit",
        fields(
            id="cppv_cp_visit_id",
            person_id="cppv_person_id",
            date="cppv_cp_visit_date",
            seen="cppv_cp_visit_seen",
            seen_alone="cppv_cp_visit_seen_alone",
            bedroom_seen="cppv_cp_visit_bedroom",
        ),
        links=(Link(("cppv_cp_plan_id",), "ssd_cp_plans", *BY_CP_PLAN),),
        constants={"kind": "cp"},
        prefix="cp-",
    ),
    TableMapping(
        "ssd_cin_visits",
        "visit",
        fields(
            id="cinv_cin_visit_id",
            person_id="cinv_person_id",
            date="cinv_cin_visit_date",
            seen="cinv_cin_visit_seen",
            seen_alone="cinv_cin_visit_seen_alone",
            bedroom_seen="cinv_cin_visit_bedroom",
        ),
        links=(Link(("cinv_cin_plan_id",), "ssd_cin_plans", *BY_CIN_PLAN),),
        constants={"kind": "cin"},
        prefix="cin-",
    ),
    TableMapping(
        "ssd_cla_reviews",
        "review",
        fields(
            id="clar_cla_review_id",
            person_id=("clar_person_id", "clar_cla_person_id"),
            date="clar_cla_review_date",
        ),
        links=(Link(("clar_cla_id",), EPISODES, *BY_PERIOD_OF_CARE),),
        left_out=(
            Ticked(("clar_cla_review_cancelled",), "cancelled"),
            NextDue(("clar_cla_review_date",), ("clar_cla_review_due_date",)),
        ),
    ),
    TableMapping(
        "ssd_cp_plans",
        "cp_plan",
        fields(
            id="cppl_cp_plan_id",
            person_id="cppl_person_id",
            start="cppl_cp_plan_start_date",
            end="cppl_cp_plan_end_date",
        ),
    ),
    TableMapping(
        "ssd_s47_enquiry",
        "strategy_discussion",
        fields(
            id="s47e_s47_enquiry_id",
            person_id="s47e_person_id",
            date="s47e_s47_start_date",
            conference_needed=JsonFlag(("s47e_s47_outcome_json",), "CP_CONFERENCE_FLAG"),
        ),
    ),
    TableMapping(
        "ssd_initial_cp_conference",
        "initial_conference",
        fields(id="icpc_icpc_id", person_id="icpc_person_id", date="icpc_icpc_date"),
        links=(Link(("icpc_cp_plan_id",), "ssd_cp_plans", *BY_CP_PLAN),),
        left_out=(NextDue(("icpc_icpc_date",), ("icpc_icpc_target_date",)),),
    ),
    TableMapping(
        "ssd_cp_reviews",
        "review_conference",
        fields(
            id=("cppr_cp_review_id", "workflow_step_id"),
            person_id=("cppr_person_id", "person_id"),
            date=("cppr_cp_review_date", "actual_date"),
        ),
        links=(Link(("cppr_cp_plan_id", "registration_id"), "ssd_cp_plans", *BY_CP_PLAN),),
        left_out=(
            NextDue(("cppr_cp_review_date", "actual_date"), ("cppr_cp_review_due", "due_date")),
        ),
    ),
    TableMapping(
        "ssd_cin_plans",
        "cin_plan",
        fields(
            id=("cinp_cin_plan_id", "cin_plan_id"),
            person_id="cinp_person_id",
            start="cinp_cin_plan_start_date",
            end="cinp_cin_plan_end_date",
        ),
    ),
    *(
        TableMapping(
            "ssd_legal_status",
            kind,
            fields(
                id="lega_legal_status_id",
                person_id="lega_person_id",
                start="lega_legal_status_start_date",
                end="lega_legal_status_end_date",
            ),
            only=Code(("lega_legal_status",), {kind: codes}),
        )
        for kind, codes in {
            "interim_care_order": ("C1", "Interim care order"),
            "care_order": ("C2", "Full care order"),
        }.items()
    ),
)
